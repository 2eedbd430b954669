#!/usr/bin/env -S python3 -B
"""Real servers under a small load, seen by the full hooks and by --hooks light at once: whether their
models and shapes are the same.

In: IOPHASE (default build/iophase), root; names of servers as arguments (default: all that are
installed). Out: a row of Markdown for each process of each server, and behind them whether both say
the same; exit 1 if one server did not. Not a test of `make test`: it takes minutes.
"""

import collections
import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OF = os.path.join(HERE, "..", "servers")
IOPHASE = os.environ.get("IOPHASE", os.path.join(HERE, "..", "..", "build", "iophase"))
HOOKS = ("syscalls", "light")
PATIENCE = 20.0  # s until something is there; the machine may be busy

os.environ["PATH"] += ":/usr/sbin:/usr/games:/usr/lib/postgresql/15/bin"


def write(folder, name, text):
    """A file of that text; its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def http(port, folder, paths=("/index.html",), manner="slow"):
    """Requests of HTTP, with pauses, so that the server sleeps, and without."""
    del folder
    for how, connections, requests in ((manner, 4, 40), ("keep" if manner == "slow" else manner, 4, 40)):
        subprocess.run([sys.executable, "-B", f"{HERE}/http_load.py", str(port), str(connections),
                        str(requests), how, *paths], check=True, stdout=subprocess.DEVNULL)


def http_root(port, folder):
    """The same of who has no files."""
    http(port, folder, ("/",))


def http_close(port, folder):
    """The same of who serves one request by a connection."""
    http(port, folder, manner="close")


def lines(ask, count=60, pause=0.003):
    """Asks by lines on four connections in turn, each answered by something."""
    def load(port, folder):
        del folder
        ends = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(4)]
        for number in range(count):
            end = ends[number % 4]
            end.sendall(ask)
            if not end.recv(65536):
                raise ConnectionError("it closed")
            time.sleep(pause)
        for end in ends:
            end.close()
    return load


def dns(port, folder):
    """Queries by UDP."""
    del folder
    query = bytes.fromhex("123401000001000000000000") + b"\4test\7example\0\0\1\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.settimeout(5)
        end.connect(("127.0.0.1", port))
        for _ in range(100):
            end.send(query)
            end.recv(2000)
            time.sleep(0.002)


def tool(*words):
    """A program that is the load; PORT and FOLDER stand for these."""
    def load(port, folder):
        subprocess.run([word.replace("PORT", str(port)).replace("FOLDER", folder) for word in words],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return load


def of_files(make):
    """A server that is told by a file what to do: make(folder, port) is its text."""
    return lambda folder, port: write(folder, "conf", make(folder, port))


Server = collections.namedtuple("Server", "name command load setup port_file", defaults=(None, False))
NGINX = """daemon off; worker_processes 2; pid {0}/pid; error_log {0}/error; user root;
events {{ }} http {{ access_log off; server {{ listen 127.0.0.1:{1}; root {0}; }} }}"""
APACHE = """ServerName x\nListen 127.0.0.1:{1}\nPidFile {0}/pid\nErrorLog {0}/error\nDefaultRuntimeDir {0}
LoadModule mpm_{2}_module /usr/lib/apache2/modules/mod_mpm_{2}.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data\nGroup www-data\nDocumentRoot {0}\nMaxConnectionsPerChild 0\n"""
HAPROXY = """global\n nbthread 2\ndefaults\n mode http\n timeout client 9s\n timeout server 9s
 timeout connect 9s\nfrontend f\n bind 127.0.0.1:{1}\n http-request return status 200 string x\n"""
WSGI = """def app(environ, start):\n    start("200 OK", [("Content-Length", "1")])\n    return [b"x"]\n"""
TORNADO = """import asyncio, sys, tornado.web
class Main(tornado.web.RequestHandler):
    def get(self):
        self.write("x")
async def main():
    tornado.web.Application([("/", Main)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())
"""
WAITRESS = "import sys, waitress\n" + WSGI + "waitress.serve(app, listen='127.0.0.1:' + sys.argv[1])\n"

SERVERS = (
    Server("nginx", "nginx -c CONF", http, of_files(lambda f, p: NGINX.format(f, p))),
    Server("Apache, event", "apache2 -D FOREGROUND -f CONF", http,
           of_files(lambda f, p: APACHE.format(f, p, "event"))),
    Server("Apache, prefork", "apache2 -D FOREGROUND -f CONF", http,
           of_files(lambda f, p: APACHE.format(f, p, "prefork"))),
    Server("haproxy", "haproxy -db -f CONF", http_root, of_files(lambda f, p: HAPROXY.format(f, p))),
    Server("lighttpd", "lighttpd -D -f CONF", http, of_files(
        lambda f, p: f'server.document-root="{f}"\nserver.port={p}\nserver.bind="127.0.0.1"\n')),
    Server("redis", "redis-server --port PORT --save ''", tool(
        "redis-benchmark", "-q", "-p", "PORT", "-c", "4", "-n", "2000", "-t", "get")),
    Server("memcached, 4 threads", "memcached -u root -l 127.0.0.1 -p PORT -t 4", lines(b"get a\r\n")),
    Server("beanstalkd", "beanstalkd -l 127.0.0.1 -p PORT", lines(b"stats\r\n")),
    Server("dnsmasq", "dnsmasq -k -C /dev/null -p PORT -R -h -a 127.0.0.1 --bind-interfaces"
           " --address=/example/127.0.0.2 -u root", dns),
    Server("unbound", "unbound -d -c CONF", dns, of_files(
        lambda f, p: f"server:\n interface: 127.0.0.1\n port: {p}\n chroot: ''\n username: ''\n"
        f" pidfile: {f}/pid\n do-daemonize: no\n use-syslog: no\n local-zone: example. redirect\n"
        " local-data: 'example. A 127.0.0.2'\n")),
    Server("socat, fork", "socat TCP-LISTEN:PORT,fork,bind=127.0.0.1,reuseaddr EXEC:cat", lines(b"x\n")),
    Server("microsocks", "microsocks -i 127.0.0.1 -p PORT", lines(b"\5\1\0", 4)),
    Server("webfsd", "webfsd -F -p PORT -i 127.0.0.1 -r FOLDER", http),
    Server("mini_httpd", "mini_httpd -D -p PORT -h 127.0.0.1 -d FOLDER", http_close),
    Server("gunicorn, sync", "gunicorn -w 2 -b 127.0.0.1:PORT conf:app --chdir FOLDER",
           lambda p, f: http(p, f, ("/",), "close"), lambda f, p: write(f, "conf.py", WSGI)),
    Server("gunicorn, gthread", "gunicorn --threads 4 -b 127.0.0.1:PORT conf:app --chdir FOLDER",
           http_root, lambda f, p: write(f, "conf.py", WSGI)),
    Server("waitress", "python3 CONF PORT", http_root, of_files(lambda f, p: WAITRESS)),
    Server("Tornado", "python3 CONF PORT", http_root, of_files(lambda f, p: TORNADO)),
    Server("Python, http.server", f"python3 -B {OF}/py/http_server.py --port-file PORTFILE",
           lambda p, f: http(p, f), None, True),
    Server("Python, asyncio", f"python3 -B {OF}/py/asyncio_streams.py --port-file PORTFILE",
           lines(b"x" * 100), None, True),
    Server("Node.js, http", f"node {OF}/node/http.js PORTFILE", http_root, None, True),
    Server("Java, NIO selector", f"java {OF}/java/SelectorLoop.java PORTFILE 4 FOLDER/said",
           lines(b"x" * 100), None, True),
    Server("Java, httpserver, dispatcher", f"java {OF}/java/HttpHandlers.java PORTFILE 0", http_root,
           None, True),
    Server("Java, httpserver, 4 threads", f"java {OF}/java/HttpHandlers.java PORTFILE 4", http_root,
           None, True),
    Server("PostgreSQL", "setpriv --reuid postgres --regid postgres --clear-groups postgres -D FOLDER/db"
           " -p PORT -k FOLDER -h 127.0.0.1", tool(
               "pgbench", "-h", "127.0.0.1", "-p", "PORT", "-U", "postgres", "-c", "4", "-t", "50", "-n",
               "-f", "FOLDER/select.sql", "postgres"), lambda f, p: make_database(f)),
    Server("iperf3", "iperf3 -s -p PORT -B 127.0.0.1", tool(
        "iperf3", "-c", "127.0.0.1", "-p", "PORT", "-t", "1", "-b", "20M")),
)


def make_database(folder):
    """An empty database of PostgreSQL."""
    write(folder, "select.sql", "SELECT 1;\n")
    os.chmod(folder, 0o777)
    subprocess.run(["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "initdb",
                    "-A", "trust", "-U", "postgres", "-D", folder + "/db"], check=True,
                   stdout=subprocess.DEVNULL)


def until(there, what):
    """Waits until there() is true."""
    end = time.monotonic() + PATIENCE
    while not there():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def free_port():
    """A port that nobody has, of TCP."""
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


def listens(port):
    """Whether somebody waits at a port."""
    word = f":{port:04X} "
    for name in ("tcp", "tcp6", "udp"):
        with open(f"/proc/net/{name}", encoding="ascii") as file:
            if any(word in line[:40] and (name == "udp" or " 0A " in line) for line in file):
                return True
    return False


class Seen:
    """A run of iophase on a process and its children."""

    def __init__(self, hooks, pid, folder):
        self.rows, self.log = f"{folder}/{hooks}.csv", f"{folder}/{hooks}.err"
        with open(self.log, "wb") as err:
            self.process = subprocess.Popen(
                [IOPHASE, "-v", "-q", "-f", "--hooks", hooks, "-o", f"csv-processes:{self.rows}", "-p",
                 str(pid)], stderr=err, stdout=subprocess.DEVNULL)

    def is_armed(self):
        """Whether it measures; an end is a failure."""
        if self.process.poll() is not None:
            raise RuntimeError(f"iophase ended with {self.process.returncode}")
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "iophase: armed:" in file.read()

    def end(self):
        """Ends it; {comm: set of (model, shape)} of all processes."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        said = collections.defaultdict(dict)
        with open(self.rows, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                said[int(row["pid"])] = (row["comm"], row["model"], row["shape"], row["model_counts"])
        return said


def run(server):
    """Runs one server; [(comm, what the full hooks say, what light says)]."""
    folder = tempfile.mkdtemp(prefix="iophase-both.")
    port = free_port()
    write(folder, "index.html", "x" * 100)
    os.chmod(folder, 0o755)
    conf = (server.setup(folder, port) if server.setup else None) or ""
    words = [word.replace("PORTFILE", folder + "/port").replace("PORT", str(port))
             .replace("FOLDER", folder).replace("CONF", conf).replace("''", "")
             for word in server.command.split()]
    with open(folder + "/log", "wb") as log:
        # A session of its own: some end their whole process group.
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder,
                                   start_new_session=True)
    seen = []
    try:
        if server.port_file:
            until(lambda: os.path.exists(folder + "/port") and os.path.getsize(folder + "/port"), "port")
            with open(folder + "/port", encoding="ascii") as file:
                port = int(file.read())
        until(lambda: listens(port), "it does not listen")
        time.sleep(0.5)
        seen = [Seen(hooks, process.pid, folder) for hooks in HOOKS]
        until(lambda: all(one.is_armed() for one in seen), "armed")
        server.load(port, folder)
        time.sleep(0.3)
        full, light = (one.end() for one in seen)
    finally:
        for one in seen:
            if one.process.poll() is None:
                one.process.kill()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(folder)
    return [(full[pid], light.get(pid, ("", "not seen", "", ""))) for pid in sorted(full)]


def main(names):
    """Runs them all, prints the rows."""
    failed = 0
    print("| server | process | syscalls: model, shape | light | |\n|---|---|---|---|---|", flush=True)
    for server in SERVERS:
        program = server.command.split()[0]
        if (names and server.name not in names) or not shutil.which(program):
            if not names:
                print(f"both_hooks: {server.name}: not installed", file=sys.stderr)
            continue
        try:
            rows = collections.Counter(run(server))
        except (OSError, RuntimeError, subprocess.SubprocessError, ValueError) as why:
            print(f"both_hooks: {server.name}: {why!r}", file=sys.stderr)
            failed += 1
            continue
        merged = collections.Counter()
        for (full, light), count in rows.items():
            same = full[1:3] == light[1:3]
            merged[(full[:3], light[1:3], same, "" if same else f"{full[3]} / {light[3]}")] += count
        for (full, light, same, why), count in merged.items():
            failed += not same
            print(f"| {server.name} | {full[0]} x {count} | {full[1]}, {full[2]} | {light[0]}, {light[1]} |"
                  f" {'same' if same else 'DIFFERS ' + why} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
