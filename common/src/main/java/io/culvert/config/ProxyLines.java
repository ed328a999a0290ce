package io.culvert.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tunnel file wishes of {@code culvert proxy}. The values are text, which only the proxy
 * understands. Immutable.
 *
 * @param socks where SOCKS clients come; null: nowhere
 * @param http where HTTP clients come; null: nowhere
 * @param localForwards from this machine into the tunnel
 * @param remoteForwards from inside the tunnel to this machine
 * @param dnsListen where programs ask for names; null: nowhere
 */
public record ProxyLines(
        @Nullable Line socks,
        @Nullable Line http,
        List<Line> localForwards,
        List<Line> remoteForwards,
        @Nullable Line dnsListen) {
    /** No wish. */
    public static final ProxyLines NONE = new ProxyLines(null, null, List.of(), List.of(), null);

    /** Keeps copies. */
    public ProxyLines {
        localForwards = List.copyOf(localForwards);
        remoteForwards = List.copyOf(remoteForwards);
    }

    /** One line's value, and its place. Immutable. */
    public record Line(String file, int line, String key, String value) {
        static @Nullable Line of(@Nullable Entry entry) {
            return entry == null ? null : at(entry);
        }

        static Line at(Entry entry) {
            return new Line(entry.file(), entry.line(), entry.key().spelling(), entry.value());
        }

        /** The exception that says what is wrong with it. */
        public ConfigException bad(String what, String remedy) {
            return new ConfigException(file, line, key, key + ": " + what, remedy);
        }
    }

    static ProxyLines of(Section section) {
        return new ProxyLines(
                Line.of(section.find(Key.SOCKS)),
                Line.of(section.find(Key.HTTP)),
                section.all(Key.LOCAL_FORWARD).stream().map(Line::at).toList(),
                section.all(Key.REMOTE_FORWARD).stream().map(Line::at).toList(),
                Line.of(section.find(Key.DNS_LISTEN)));
    }
}
