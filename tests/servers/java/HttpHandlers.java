import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The JDK's own HTTP server, com.sun.net.httpserver, for the tests of iophase.
 *
 * In: PORT-FILE THREADS: where the port is written, by rename; how many threads serve the exchanges
 * (0: the dispatcher itself, which is the default of HttpServer). Out: GET /stats answers
 * "requests N", all other paths 1,000 bytes. Ends by itself after 60 s.
 */
public class HttpHandlers {
	private static final int SECONDS = 60;
	private static final byte[] BODY = new byte[1000];
	private static final AtomicLong requests = new AtomicLong();

	/** Answers one exchange with 200 and the bytes. */
	private static void answer(HttpExchange exchange, byte[] bytes) throws IOException {
		exchange.sendResponseHeaders(200, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	public static void main(String[] args) throws Exception {
		Path portFile = Path.of(args[0]);
		int threads = Integer.parseInt(args[1]);
		// Head and body are two segments: the second shall not wait for the client's delayed ACK.
		System.setProperty("sun.net.httpserver.nodelay", "true");
		HttpServer server = HttpServer.create(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

		server.createContext("/", exchange -> {
			requests.incrementAndGet();
			answer(exchange, BODY);
		});
		server.createContext("/stats", exchange ->
				answer(exchange, ("requests " + requests + "\n").getBytes()));
		if (threads > 0) {
			server.setExecutor(Executors.newFixedThreadPool(threads));
		}
		server.start();

		Path temporary = Path.of(portFile + ".tmp");
		Files.writeString(temporary, server.getAddress().getPort() + "\n");
		Files.move(temporary, portFile, StandardCopyOption.ATOMIC_MOVE);
		Thread.sleep(SECONDS * 1000L);
		System.exit(0);
	}
}
