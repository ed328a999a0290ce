package io.culvert.app;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The log: one line an event on stderr, the libraries' own only when something is wrong. */
final class Logging {
    private static final String PREFIX = "org.slf4j.simpleLogger.";

    private Logging() {}

    /** The level of our own log that wireguard-go's {@code LOG_LEVEL} asks for; null for none. */
    static @Nullable String ofWireGuard(@Nullable String level) {
        return switch (level == null ? "" : level) {
            case "verbose", "debug" -> "debug";
            case "error" -> "error";
            case "silent" -> "off";
            default -> null;
        };
    }

    /**
     * To be called before the first logger is made.
     *
     * @param level of our own log; null for the usual
     */
    static void configure(boolean debug, @Nullable String level) {
        Map<String, String> settings =
                Map.of(
                        "defaultLogLevel", "warn",
                        "log.io.culvert", level != null ? level : debug ? "debug" : "info",
                        // it complains where no interface has a hardware address
                        "log.io.netty.util.internal.MacAddressUtil", "error",
                        // it warns of every odd Host header that a scanner sends
                        "log.org.eclipse.jetty.util.HostPort", "off",
                        "showDateTime", "true",
                        "dateTimeFormat", "HH:mm:ss.SSS",
                        "showThreadName", "false",
                        "showShortLogName", "true",
                        "levelInBrackets", "false");
        settings.forEach((key, value) -> {
            if (System.getProperty(PREFIX + key) == null) {
                System.setProperty(PREFIX + key, value);
            }
        });
    }
}
