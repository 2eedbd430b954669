"""Small loads for real servers, with exact counts.

In: a place (real_place.py): port, folder, what stands behind the server. Out: what the load itself
has counted, as {"exchanges": N}: questions that were asked and answered, each behind the answer of
the one before it; nothing of what it cannot tell.
"""

import ftplib
import os
import socket
import ssl
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TIME_OUT = 20  # s for one answer; the machine may be busy


def http(paths=("/index.html",), manner="slow"):
    """Requests of HTTP, with pauses, so that the server sleeps, and without; BACK in a path is the port
    of what stands behind."""
    def load(place):
        total = 0
        words = [path.replace("BACK", str(place.back)) for path in paths]
        for how in (manner, "keep" if manner == "slow" else manner):
            subprocess.run([sys.executable, "-B", f"{HERE}/http_load.py", str(place.port), "4", "40", how,
                            *words], check=True, stdout=subprocess.DEVNULL)
            total += 160
        return {"exchanges": total}
    return load


def until_word(end, word):
    """Reads until a word has come."""
    data = b""
    while word not in data:
        more = end.recv(65536)
        if not more:
            raise ConnectionError("it closed")
        data += more


def lines(ask, count=60, pause=0.003, first=(), connections=4, tls=False, known=True):
    """Asks in turn on some connections, each answered by something; first: (what is sent, the word that
    ends its answer) at the start of each connection, nothing sent for what greets. Not `known`: the server passes it on to children, which are seen too."""
    def load(place):
        ends = []
        asked = 0
        for number in range(connections):
            end = socket.create_connection(("127.0.0.1", place.port), TIME_OUT)
            if tls:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                end = context.wrap_socket(end)
            for words, answer in first:
                asked += words != b""
                end.sendall(words.replace(b"NUMBER", b"%d" % number))
                until_word(end, answer)
            ends.append(end)
        for number in range(count):
            end = ends[number % connections]
            end.sendall(ask)
            if not end.recv(65536):
                raise ConnectionError("it closed")
            asked += 1
            time.sleep(pause)
        for end in ends:
            end.close()
        return {} if tls or not known else {"exchanges": asked}
    return load


def datagrams(query, count=100):
    """Datagrams that are answered."""
    def load(place):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.settimeout(5)
            end.connect(("127.0.0.1", place.port))
            for _ in range(count):
                end.send(query)
                end.recv(2000)
                time.sleep(0.002)
        return {"exchanges": count}
    return load


dns = datagrams(bytes.fromhex("123401000001000000000000") + b"\4test\7example\0\0\1\0\1")


def socks(known=True):
    """Sessions of SOCKS 5, each with some requests of HTTP to what stands behind. `known`: see lines()."""
    return lambda place: socks_sessions(place, 8, 5, known)


def socks_sessions(place, sessions, requests, known):
    """So many of them."""
    for _ in range(sessions):
        with socket.create_connection(("127.0.0.1", place.port), TIME_OUT) as end:
            end.sendall(b"\5\1\0")
            until_word(end, b"\5\0")
            end.sendall(b"\5\1\0\1\x7f\0\0\1" + place.back.to_bytes(2, "big"))
            until_word(end, b"\5\0\0\1")
            for _ in range(requests):
                end.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                until_word(end, b"\r\n\r\nx")
                time.sleep(0.002)
    return {"exchanges": sessions * (2 + requests)} if known else {}


def ftp(anonymous):
    """Sessions of FTP; the anonymous ones fetch a file."""
    def load(place):
        for _ in range(5):
            end = ftplib.FTP()
            end.connect("127.0.0.1", place.port, TIME_OUT)
            if anonymous:
                end.login()
                end.retrbinary("RETR file", lambda data: None)
            else:
                for _ in range(20):
                    end.sendcmd("FEAT")
            end.quit()
        return {}
    return load


def tool(*words, times=1, exchanges=None, fails=False):
    """A program that is the load; PORT, BACK and FOLDER stand for these. `exchanges`: what it asks, if
    that is known. `fails`: it is not let in."""
    def load(place):
        for _ in range(times):
            subprocess.run(place.words(words), check=not fails, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=60)
        return {"exchanges": exchanges} if exchanges else {}
    return load


def go(place):
    """Lets a program go that waits for a line (`gated` of its row), and awaits its end."""
    place.process.stdin.write(b"go\n")
    place.process.stdin.flush()
    place.process.wait(60)
    return {}
