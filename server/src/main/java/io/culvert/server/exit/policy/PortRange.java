package io.culvert.server.exit.policy;

/**
 * Ports from one to another, both included. Immutable.
 *
 * @param first the lowest
 * @param last the highest
 */
public record PortRange(int first, int last) {
    private static final int MOST = 0xffff;

    /** Refuses what is no port, and a range that ends before it begins. */
    public PortRange {
        if (first < 1 || last > MOST || first > last) {
            throw new IllegalArgumentException(first + "-" + last + " are no ports");
        }
    }

    /**
     * The range that the text spells: {@code 443} or {@code 8000-8100}.
     *
     * @throws IllegalArgumentException when it spells none
     */
    public static PortRange parse(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException("\"" + text + "\" is neither a port nor a range");
        }
        int dash = text.indexOf('-');
        String first = dash < 0 ? text : text.substring(0, dash);
        return new PortRange(Integer.parseInt(first), Integer.parseInt(text.substring(dash + 1)));
    }

    /** Whether the port is one of them. */
    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
