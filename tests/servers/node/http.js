// An HTTP server as Node.js has it, for the tests of iophase.
//
// In: PORT-FILE: where the port is written, by rename. Out: GET /stats answers "connections N
// requests N bytes N", what all other connections came to (bytes are those read from closed ones, by
// Node's own count); all other paths get 1,000 bytes. Ends by itself after 60 s.
"use strict";

const fs = require("fs");
const http = require("http");

const portFile = process.argv[2];
const body = Buffer.alloc(1000);
const asks = new Set(); // sockets that asked for the statistics
let connections = 0, requests = 0, bytes = 0;

const server = http.createServer((request, response) => {
	if (request.url === "/stats") {
		asks.add(request.socket);
		response.end(`connections ${connections - asks.size} requests ${requests} bytes ${bytes}\n`);
		return;
	}
	requests++;
	response.end(body);
});

server.on("connection", (socket) => {
	connections++;
	socket.on("close", () => {
		if (!asks.has(socket)) {
			bytes += socket.bytesRead;
		}
	});
});

server.listen(0, "127.0.0.1", () => {
	fs.writeFileSync(portFile + ".tmp", `${server.address().port}\n`);
	fs.renameSync(portFile + ".tmp", portFile);
});
setTimeout(() => process.exit(0), 60000);
