"""What the real servers of real_servers.py are configured with.

In: a place (real_place.py). Out: the path of the configuration; what the capitals in one stand for is
told there.
"""

import os
import subprocess

FIO = ("fio --name=x --filename=FOLDER/data --size=1M --bs=4k --rw=randread --direct=1 --iodepth=1"
       " --number_ios=200 --thread --ioengine=")
QEMU = "qemu-img bench -t none -f raw -c 500 -d 4 -i "
NGINX = """daemon off; worker_processes 2; pid FOLDER/pid; error_log FOLDER/error; user root;
events { } http { access_log off; server { listen 127.0.0.1:PORT; root FOLDER; } }"""
NGINX_PROXY = """daemon off; worker_processes 1; pid FOLDER/pid; error_log FOLDER/error; user root;
events { } http { access_log off; server { listen 127.0.0.1:PORT;
location / { proxy_pass http://127.0.0.1:BACK; } } }"""
APACHE = """ServerName x\nListen 127.0.0.1:PORT\nPidFile FOLDER/pid\nErrorLog FOLDER/error
DefaultRuntimeDir FOLDER\nLoadModule mpm_%(mpm)s_module /usr/lib/apache2/modules/mod_mpm_%(mpm)s.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data\nGroup www-data\nDocumentRoot FOLDER\nMaxConnectionsPerChild 0\n"""
HAPROXY = """global\n nbthread 2\ndefaults\n mode http\n timeout client 9s\n timeout server 9s
 timeout connect 9s\nfrontend f\n bind 127.0.0.1:PORT
 http-request return status 200 content-type text/plain string x\n"""
HAPROXY_TCP = """defaults\n mode tcp\n timeout client 9s\n timeout server 9s\n timeout connect 9s
frontend f\n bind 127.0.0.1:PORT\n default_backend b\nbackend b\n server s 127.0.0.1:BACK\n"""
LIGHTTPD = 'server.document-root="FOLDER"\nserver.port=PORT\nserver.bind="127.0.0.1"\n'
UNBOUND = """server:\n interface: 127.0.0.1\n port: PORT\n chroot: ""\n username: ""\n pidfile: FOLDER/pid
 do-daemonize: no\n use-syslog: no\n local-zone: example. redirect\n local-data: "example. A 127.0.0.2"\n"""
BIND = """options { directory "FOLDER"; listen-on port PORT { 127.0.0.1; }; pid-file "FOLDER/pid";
recursion no; session-keyfile "FOLDER/key"; lock-file none; }; controls { };\n"""
NGIRCD = """[Global]\nName=irc.example\nInfo=x\nListen=127.0.0.1\nPorts=PORT\nServerUID=0\nServerGID=0
[Limits]\nMaxConnectionsIP=0\n[Options]\nPAM=no\nDNS=no\nIdent=no\nSyslogFacility=local0\n"""
SQUID = """http_port 127.0.0.1:PORT\nhttp_access allow all\ncache deny all\naccess_log none
cache_log FOLDER/cache\npid_filename none\ncache_store_log none\nnetdb_filename none
coredump_dir FOLDER\ncache_effective_user nobody\nvisible_hostname x\npinger_enable off\n"""
PRIVOXY = """listen-address 127.0.0.1:PORT\nconfdir FOLDER\nlogdir FOLDER\ntoggle 0\nkeep-alive-timeout 5
templdir /etc/privoxy/templates\n"""
ICECAST = """<icecast><location>x</location><admin>a@example</admin><hostname>localhost</hostname>
<limits><clients>100</clients><sources>2</sources></limits>
<authentication><source-password>x</source-password><admin-password>x</admin-password></authentication>
<listen-socket><port>PORT</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><logdir>FOLDER</logdir><webroot>/usr/share/icecast2/web</webroot>
<adminroot>/usr/share/icecast2/admin</adminroot></paths><logging><accesslog>a</accesslog>
<errorlog>e</errorlog></logging><security><chroot>0</chroot><changeowner><user>nobody</user>
<group>nogroup</group></changeowner></security></icecast>\n"""
PROFTPD = """ServerType standalone\nServerName x\nDefaultAddress 127.0.0.1\nPort PORT\nUseIPv6 off
User nobody\nGroup nogroup\nPidFile FOLDER/pid\nScoreboardFile FOLDER/own/scoreboard\nSystemLog FOLDER/own/system
WtmpLog off\nUseReverseDNS off\n"""
RACK = 'run ->(env) { [200, {"Content-Length" => "1"}, ["x"]] }\n'
TINYPROXY = """Port PORT\nListen 127.0.0.1\nTimeout 20\nAllow 127.0.0.1\nMaxClients 50\nLogLevel Error
LogFile "FOLDER/log.tiny"\n"""
DANTE = """logoutput: FOLDER/log.dante\ninternal: 127.0.0.1 port = PORT\nexternal: 127.0.0.1
socksmethod: none\nclientmethod: none\nuser.privileged: root\nuser.unprivileged: nobody
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\nsocks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }\n"""
H2O = """listen:\n  host: 127.0.0.1\n  port: PORT\nnum-threads: 2\nuser: root\nhosts:\n  default:
    paths:\n      /:\n        file.dir: FOLDER\n"""
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
CHEROOT = ("import sys\nfrom cheroot import wsgi\n" + WSGI +
           "wsgi.Server(('127.0.0.1', int(sys.argv[1])), app).start()\n")
EVENTLET = ("import sys, eventlet\nfrom eventlet import wsgi\n" + WSGI +
            "wsgi.server(eventlet.listen(('127.0.0.1', int(sys.argv[1]))), app, log_output=False)\n")
PSGI = "sub { [200, ['Content-Length' => 1], ['x']] };\n"
ERLANG = """#!/usr/bin/env escript
main([Port]) ->
    {ok, L} = gen_tcp:listen(list_to_integer(Port), [binary, {active, false}, {reuseaddr, true}]),
    accept(L).
accept(L) ->
    {ok, S} = gen_tcp:accept(L),
    Pid = spawn(fun() -> receive go -> echo(S) end end),
    gen_tcp:controlling_process(S, Pid),
    Pid ! go,
    accept(L).
echo(S) ->
    case gen_tcp:recv(S, 0) of
        {ok, Data} -> gen_tcp:send(S, Data), echo(S);
        _ -> ok
    end.
"""
MQTT = bytes.fromhex("100c00044d5154540402003c0000")


def of(text, name="conf"):
    """A setup that is a file of that text."""
    return lambda place: place.write(name, place.words([text])[0])


def apache(mpm):
    """That of Apache with a multi-processing module."""
    return of(APACHE % {"mpm": mpm})


def go_server(place):
    """The test's own server in Go."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "servers", "go", "http.go")
    subprocess.run(["go", "build", "-o", place.folder + "/http", source], check=True,
                   env={**os.environ, "HOME": place.folder, "GOCACHE": "/var/tmp/iophase-both.go",
                        "GOFLAGS": "-p=1"})
    return ""


def disk(place):
    """A disk for QEMU, not on a file system in memory."""
    place.write("disk", "x" * (4 << 20))
    return ""


def certificate(place):
    """A certificate with its key, made for this."""
    place.run("openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout FOLDER/key"
              " -out FOLDER/cert")
    with open(place.folder + "/key", encoding="ascii") as key:
        with open(place.folder + "/cert", "a", encoding="ascii") as cert:
            cert.write(key.read())
    return place.folder + "/cert"


def stunnel(place):
    """stunnel before what stands behind."""
    return place.write("conf", place.words([
        f"foreground=yes\npid=\n[x]\naccept=127.0.0.1:PORT\nconnect=127.0.0.1:BACK\n"
        f"cert={certificate(place)}\n"])[0])


def zone(place):
    """A zone for servers of names."""
    return place.write("zone", "@ 60 IN SOA a.example. b.example. 1 60 60 60 60\n@ 60 IN NS a.example.\n"
                       "a 60 IN A 127.0.0.2\ntest 60 IN A 127.0.0.2\n")


def nsd(place):
    """nsd with that zone."""
    return place.write("conf", place.words([
        'server:\n ip-address: 127.0.0.1@PORT\n username: ""\n pidfile: "FOLDER/pid"\n database: ""\n'
        ' zonesdir: "FOLDER"\n xfrdfile: "FOLDER/xfrd"\n zonelistfile: "FOLDER/list"\n xfrdir: "FOLDER"\n'
        f'remote-control:\n control-enable: no\nzone:\n name: example\n zonefile: {zone(place)}\n'])[0])


def knot(place):
    """knot with that zone."""
    return place.write("conf", place.words([
        "server:\n  rundir: FOLDER\n  listen: 127.0.0.1@PORT\n  udp-workers: 2\n  tcp-workers: 2\n"
        "database:\n  storage: FOLDER\n"
        f"zone:\n  - domain: example\n    storage: FOLDER\n    file: {zone(place)}\n"])[0])


def slapd(place):
    """slapd with a database without entries."""
    os.mkdir(place.folder + "/ldap")
    return place.write("conf", place.words([
        "include /etc/ldap/schema/core.schema\npidfile FOLDER/pid\nthreads 4\nmodulepath /usr/lib/ldap\n"
        "moduleload back_mdb\ndatabase mdb\nsuffix dc=x\ndirectory FOLDER/ldap\nrootdn cn=a,dc=x\n"])[0])


def vsftpd(place):
    """vsftpd for anonymous clients, who get a file."""
    for name in ("ftp", "empty"):
        os.mkdir(f"{place.folder}/{name}", 0o755)
    place.write("ftp/file", "x" * 5000)
    return place.write("conf", place.words([
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port=PORT\nbackground=NO\nanonymous_enable=YES\n"
        "anon_root=FOLDER/ftp\nno_anon_password=YES\nsecure_chroot_dir=FOLDER/empty\nxferlog_enable=NO\n"
        "seccomp_sandbox=NO\n"])[0])


def proftpd(place):
    """proftpd, which wants a folder that nobody else may write to."""
    os.mkdir(place.folder + "/own", 0o755)
    return place.write("conf", place.words([PROFTPD])[0])


def rsync(place):
    """rsync with some files."""
    os.mkdir(place.folder + "/files")
    for number in range(20):
        place.write(f"files/{number}", "x" * 20000)
    return place.write("conf", place.words(["[x]\npath=FOLDER/files\nuse chroot=no\n"])[0])


def ssh_key(place):
    """A host's key for dropbear."""
    place.run("dropbearkey -t ed25519 -f FOLDER/key")
    return ""


def twemproxy(place):
    """twemproxy before redis."""
    place.put_behind("redis-server --port BACK --save ''")
    return place.write("conf", place.words([
        "x:\n  listen: 127.0.0.1:PORT\n  redis: true\n  servers:\n   - 127.0.0.1:BACK:1\n"])[0])


def database(place):
    """An empty database of PostgreSQL."""
    place.write("select.sql", "SELECT 1;\n")
    place.run("setpriv --reuid postgres --regid postgres --clear-groups initdb -A trust -U postgres"
              " -D FOLDER/db")
    return ""


def pgbouncer(place):
    """pgbouncer before PostgreSQL."""
    database(place)
    place.put_behind("setpriv --reuid postgres --regid postgres --clear-groups postgres -D FOLDER/db"
                     " -p BACK -k FOLDER -h 127.0.0.1")
    users = place.write("users", '"postgres" ""\n')
    return place.write("conf", place.words([
        "[databases]\npostgres = host=127.0.0.1 port=BACK\n[pgbouncer]\nlisten_addr=127.0.0.1\n"
        f"listen_port=PORT\nauth_type=trust\nauth_file={users}\nunix_socket_dir=\n"])[0])


def mariadb(place):
    """An empty database of MariaDB."""
    place.run("mariadb-install-db --no-defaults --user=root --datadir=FOLDER/db"
              " --auth-root-authentication-method=normal")
    return ""
