import java.io.IOException;
import java.net.URI;

/** Prints what is at a URL; knows nothing of proxies. */
class Fetch {
    public static void main(String[] arguments) throws IOException {
        URI.create(arguments[0]).toURL().openStream().transferTo(System.out);
    }
}
