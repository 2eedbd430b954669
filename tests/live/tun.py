"""Reads packets of a tun device, each before a datagram is sent, in a network namespace of its own.

In: nothing; root, /dev/net/tun. It waits for SIGUSR1 after "ready". Out: 50 datagrams sent, and the
50 packets that they are, read from the device; then it waits for its end.
"""

import fcntl
import os
import signal
import socket
import struct

TUNSETIFF, SIOCSIFADDR, SIOCSIFNETMASK, SIOCSIFFLAGS = 0x400454CA, 0x8916, 0x891C, 0x8914
IFF_TUN, IFF_NO_PI, IFF_UP = 1, 0x1000, 1
ROUNDS, SIZE = 50, 100


def address(name, text):
    """struct ifreq with an address of IPv4."""
    return struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(text))


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun%d", IFF_TUN | IFF_NO_PI))
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(out, SIOCSIFADDR, address(b"tun0", "10.77.0.1"))
fcntl.ioctl(out, SIOCSIFNETMASK, address(b"tun0", "255.255.255.0"))
fcntl.ioctl(out, SIOCSIFFLAGS, struct.pack("16sH22x", b"tun0", IFF_UP))
os.write(1, b"ready\n")
signal.sigwait([signal.SIGUSR1])
for _ in range(ROUNDS):
    out.sendto(bytes(SIZE), ("10.77.0.2", 9))
    while True:
        packet = os.read(tun, 4096)
        # The kernel says things of its own there, by IPv6.
        if packet[0] >> 4 == 4 and len(packet) == SIZE + 28:
            break
os.write(1, b"done\n")
signal.pause()
