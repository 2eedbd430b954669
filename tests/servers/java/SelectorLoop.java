import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;

/**
 * A plain NIO selector loop that echoes, for the tests of iophase.
 *
 * In: PORT-FILE CONNECTIONS TALLY-FILE: where the port is written, by rename; how many connections
 * it serves; where it says at its end "accepts N reads N bytes N eofs N". Ends when that many
 * connections were served and closed, or after 60 s.
 */
public class SelectorLoop {
	private static final long SECONDS = 60;
	private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
	private long accepts, reads, bytes, eofs;

	/** Writes a file so that a reader sees all of it or nothing. */
	private static void write(Path file, String text) throws IOException {
		Path temporary = Path.of(file + ".tmp");

		Files.writeString(temporary, text);
		Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
	}

	/** Takes one connection and registers it. */
	private void accept(ServerSocketChannel listener, Selector selector) throws IOException {
		SocketChannel channel = listener.accept();

		if (channel == null) {
			return;
		}
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		channel.configureBlocking(false);
		channel.register(selector, SelectionKey.OP_READ);
		accepts++;
	}

	/** Reads once and writes back what came; the echoes are small, so the socket takes them. */
	private void echo(SocketChannel channel) throws IOException {
		buffer.clear();
		int got = channel.read(buffer);

		if (got < 0) {
			eofs++;
			channel.close();
		} else if (got > 0) {
			reads++;
			bytes += got;
			buffer.flip();
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
	}

	/** Serves until the given number of connections is closed. */
	private void serve(Path portFile, long connections) throws IOException {
		Selector selector = Selector.open();
		ServerSocketChannel listener = ServerSocketChannel.open();
		long end = System.nanoTime() + SECONDS * 1_000_000_000L;

		listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
		listener.configureBlocking(false);
		listener.register(selector, SelectionKey.OP_ACCEPT);
		write(portFile, listener.socket().getLocalPort() + "\n");
		while (eofs < connections && System.nanoTime() < end) {
			selector.select(1000);
			Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
			while (keys.hasNext()) {
				SelectionKey key = keys.next();
				keys.remove();
				if (key.isAcceptable()) {
					accept(listener, selector);
				} else if (key.isReadable()) {
					echo((SocketChannel) key.channel());
				}
			}
		}
	}

	public static void main(String[] args) throws Exception {
		SelectorLoop loop = new SelectorLoop();

		loop.serve(Path.of(args[0]), Long.parseLong(args[1]));
		write(Path.of(args[2]), "accepts " + loop.accepts + " reads " + loop.reads + " bytes "
				+ loop.bytes + " eofs " + loop.eofs + "\n");
		System.exit(0);
	}
}
