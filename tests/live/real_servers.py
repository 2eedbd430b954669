"""The real servers that both_hooks.py looks at: a table.

A row is a name, a command (what its capitals stand for: Place.words()), a load, what sets it up (it
returns the path of its configuration, CONF), and whether it writes its port into PORTFILE; `gated`: the
command runs once the load lets it go; `needs`: programs that must be there, beside its own.
"""

import collections
import os

import real_configs as conf
from real_loads import (datagrams, dns, ftp, go, http, lines, socks, tool)

OF = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers")
USER = "setpriv --reuid postgres --regid postgres --clear-groups"

Server = collections.namedtuple("Server", "name command load setup port_file gated needs",
                                defaults=(None, False, False, ()))

BENCHMARK = ("redis-benchmark", "-q", "-p", "PORT", "-c", "4", "-n", "2000", "-t", "get")
PROXIED = http(("http://127.0.0.1:BACK/",))
PGBENCH = tool("pgbench", "-h", "127.0.0.1", "-p", "PORT", "-U", "postgres", "-c", "4", "-t", "50", "-n",
               "-f", "FOLDER/select.sql", "postgres")
ROOT, CLOSE = http(("/",)), http(manner="close")
ROOT_CLOSE = http(("/",), "close")
STUN = datagrams(bytes.fromhex("000100002112a442") + b"iophase-both")

SERVERS = (
    # Those of the tests.
    Server("nginx", "nginx -c CONF", http(), conf.of(conf.NGINX)),
    Server("Apache, event", "apache2 -D FOREGROUND -f CONF", http(), conf.apache("event")),
    Server("Apache, prefork", "apache2 -D FOREGROUND -f CONF", http(), conf.apache("prefork")),
    Server("haproxy", "haproxy -db -f CONF", ROOT, conf.of(conf.HAPROXY)),
    Server("redis", "redis-server --port PORT --save ''", tool(
        *BENCHMARK, exchanges=2001)),  # it asks for the configuration first

    Server("memcached, 4 threads", "memcached -u root -l 127.0.0.1 -p PORT -t 4", lines(b"get a\r\n")),
    Server("PostgreSQL", f"{USER} postgres -D FOLDER/db -p PORT -k FOLDER -h 127.0.0.1", PGBENCH,
           conf.database, needs=("postgres", "pgbench")),
    Server("Node.js, http", f"node {OF}/node/http.js PORTFILE", ROOT, None, True),
    Server("Java, NIO selector", f"java {OF}/java/SelectorLoop.java PORTFILE 4 FOLDER/said",
           lines(b"x" * 100), None, True),
    Server("Java, httpserver, dispatcher", f"java {OF}/java/HttpHandlers.java PORTFILE 0", ROOT, None, True),
    Server("Java, httpserver, 4 threads", f"java {OF}/java/HttpHandlers.java PORTFILE 4", ROOT, None, True),
    Server("Python, http.server", f"python3 -B {OF}/py/http_server.py --port-file PORTFILE", http(), None,
           True),
    Server("Python, asyncio", f"python3 -B {OF}/py/asyncio_streams.py --port-file PORTFILE",
           lines(b"x" * 100), None, True),
    Server("Go, net/http", "FOLDER/http PORTFILE", ROOT, conf.go_server, True, needs=("go",)),
    Server("fio, libaio", conf.FIO + "libaio", go, gated=True),
    Server("fio, io_uring", conf.FIO + "io_uring", go, gated=True),
    Server("QEMU, native AIO", conf.QEMU + "native FOLDER/disk", go, conf.disk, gated=True),
    Server("QEMU, io_uring", conf.QEMU + "io_uring FOLDER/disk", go, conf.disk, gated=True),
    # Those tried by hand.
    Server("lighttpd", "lighttpd -D -f CONF", http(), conf.of(conf.LIGHTTPD)),
    Server("beanstalkd", "beanstalkd -l 127.0.0.1 -p PORT", lines(b"stats\r\n")),
    Server("unbound", "unbound -d -c CONF", dns, conf.of(conf.UNBOUND)),
    Server("mosquitto", "mosquitto -p PORT", lines(b"\xc0\0", first=((conf.MQTT, b"\x20\2\0\0"),))),
    Server("socat, fork", "socat TCP-LISTEN:PORT,fork,bind=127.0.0.1,reuseaddr EXEC:cat", lines(b"x\n", known=False)),
    Server("dnsmasq", "dnsmasq -k -C /dev/null -p PORT -R -h -a 127.0.0.1 --bind-interfaces"
           " --address=/example/127.0.0.2 -u root", dns),
    Server("bind", "named -4 -f -n 2 -c CONF", dns, conf.of(conf.BIND)),
    Server("nsd", "nsd -d -c CONF", dns, conf.nsd),
    Server("ngircd", "ngircd -n -f CONF", lines(b"PING x\r\n", first=(
        (b"NICK aNUMBER\r\nUSER a 0 * :a\r\n", b"End of MOTD"),)), conf.of(conf.NGIRCD)),
    Server("squid", "squid -N -f CONF", PROXIED, conf.of(conf.SQUID)),
    Server("uwsgi, 2 processes", "uwsgi --http-socket 127.0.0.1:PORT --plugin python3 --wsgi-file CONF"
           " --callable app --processes 2 --master", ROOT_CLOSE, conf.of(conf.WSGI)),
    Server("gunicorn, sync", "gunicorn -w 2 -b 127.0.0.1:PORT conf:app --chdir FOLDER", ROOT_CLOSE,
           conf.of(conf.WSGI, "conf.py")),
    Server("gunicorn, gthread", "gunicorn --threads 4 -b 127.0.0.1:PORT conf:app --chdir FOLDER", ROOT,
           conf.of(conf.WSGI, "conf.py")),
    Server("privoxy", "privoxy --no-daemon CONF", PROXIED, conf.of(conf.PRIVOXY)),
    Server("icecast", "icecast2 -c CONF", http(("/style.css",), "close"), conf.of(conf.ICECAST)),
    Server("proftpd", "proftpd -n -c CONF", ftp(False), conf.proftpd),
    Server("coturn, -m 2", "turnserver -n -L 127.0.0.1 -p PORT -m 2 --no-tls --no-dtls --no-cli"
           " --pidfile FOLDER/pid --log-file stdout --userdb FOLDER/users", STUN),
    Server("puma, 4 threads", "puma -b tcp://127.0.0.1:PORT -t 4:4 CONF", ROOT, conf.of(conf.RACK, "x.ru")),
    Server("stunnel", "stunnel CONF", lines(b"GET / HTTP/1.1\r\n\r\n", tls=True), conf.stunnel),
    Server("microsocks", "microsocks -i 127.0.0.1 -p PORT", socks()),
    Server("tinyproxy", "tinyproxy -d -c CONF", http(("http://127.0.0.1:BACK/",), "close"),
           conf.of(conf.TINYPROXY)),
    Server("nbdkit", "nbdkit -f -p PORT -i 127.0.0.1 memory 1M", tool(
        "qemu-img", "bench", "-f", "raw", "-c", "200", "-d", "8", "nbd://127.0.0.1:PORT")),
    Server("Erlang, gen_tcp", "escript CONF PORT", lines(b"x" * 100), conf.of(conf.ERLANG, "x.escript")),
    Server("knot, 2 UDP workers", "knotd -c CONF", dns, conf.knot),
    Server("slapd, 4 threads", "slapd -d 0 -f CONF -h ldap://127.0.0.1:PORT",
           lines(bytes.fromhex("300c020101600702010304008000")), conf.slapd),
    Server("vsftpd", "vsftpd CONF", ftp(True), conf.vsftpd),
    Server("rsync", "rsync --daemon --no-detach --port PORT --address 127.0.0.1 --config CONF", tool(
        "rsync", "-r", "rsync://127.0.0.1:PORT/x/", "FOLDER/out", times=3), conf.rsync),
    Server("dropbear", "dropbear -F -E -p 127.0.0.1:PORT -r FOLDER/key -P FOLDER/pid", tool(
        "ssh-keyscan", "-p", "PORT", "127.0.0.1", times=3, fails=True), conf.ssh_key),
    Server("dante", "danted -f CONF", socks(False), conf.of(conf.DANTE)),
    Server("twemproxy", "nutcracker -c CONF -s OTHER", tool(*BENCHMARK, exchanges=2000), conf.twemproxy,
           needs=("redis-server",)),
    Server("varnish", "varnishd -F -a 127.0.0.1:PORT -b 127.0.0.1:BACK -n FOLDER/v -T none", ROOT),
    Server("pgbouncer", f"{USER} pgbouncer CONF", PGBENCH, conf.pgbouncer, needs=("pgbouncer", "postgres")),
    # Those tried for their exchanges.
    Server("webfsd", "webfsd -F -p PORT -i 127.0.0.1 -r FOLDER", http()),
    Server("rinetd", "rinetd -f -c CONF", ROOT, conf.of("127.0.0.1 PORT 127.0.0.1 BACK\n")),
    Server("hitch", "hitch --frontend=[127.0.0.1]:PORT --backend=[127.0.0.1]:BACK -u nobody CONF",
           lines(b"GET / HTTP/1.1\r\n\r\n", tls=True), conf.certificate),
    Server("mini_httpd", "mini_httpd -D -p PORT -h 127.0.0.1 -d FOLDER", CLOSE),
    Server("iperf3", "iperf3 -s -p PORT -B 127.0.0.1", tool(
        "iperf3", "-c", "127.0.0.1", "-p", "PORT", "-t", "1", "-b", "20M")),
    Server("Caddy", "caddy file-server --listen 127.0.0.1:PORT --root FOLDER", http()),
    Server("h2o, 2 threads", "h2o -m worker -c CONF", http(), conf.of(conf.H2O)),
    Server("MariaDB", "mariadbd --no-defaults --user=root --datadir=FOLDER/db --port=PORT"
           " --bind-address=127.0.0.1 --socket=FOLDER/sock --pid-file=FOLDER/pid", tool(
               "mariadb-slap", "--no-defaults", "-h", "127.0.0.1", "-P", "PORT", "-u", "root", "-c", "4",
               "--number-of-queries", "200", "--create-schema", "test", "-q", "SELECT 1"), conf.mariadb,
           needs=("mariadb-slap",)),
    Server("nats-server", "nats-server -a 127.0.0.1 -p PORT", lines(b"PING\r\n", first=(
        (b"", b"INFO"), (b"CONNECT {\"verbose\":false}\r\nPING\r\n", b"PONG")))),
    Server("etcd", "etcd --data-dir FOLDER/etcd --listen-client-urls http://127.0.0.1:PORT"
           " --advertise-client-urls http://127.0.0.1:PORT --listen-peer-urls http://127.0.0.1:OTHER"
           " --initial-advertise-peer-urls http://127.0.0.1:OTHER"
           " --initial-cluster default=http://127.0.0.1:OTHER", http(("/version",))),
    Server("waitress", "/usr/bin/python3 CONF PORT", ROOT, conf.of(conf.WAITRESS)),
    Server("Tornado", "/usr/bin/python3 CONF PORT", ROOT, conf.of(conf.TORNADO)),
    Server("CherryPy", "/usr/bin/python3 CONF PORT", ROOT, conf.of(conf.CHEROOT)),
    Server("eventlet", "/usr/bin/python3 CONF PORT", ROOT, conf.of(conf.EVENTLET)),
    Server("Starman, 3 workers", "starman --listen 127.0.0.1:PORT --workers 3 CONF", ROOT_CLOSE,
           conf.of(conf.PSGI, "x.psgi")),
    # Proxies, which are clients of what stands behind them.
    Server("nginx, proxy", "nginx -c CONF", ROOT, conf.of(conf.NGINX_PROXY)),
    Server("haproxy, tcp", "haproxy -db -f CONF", ROOT, conf.of(conf.HAPROXY_TCP)),
)
