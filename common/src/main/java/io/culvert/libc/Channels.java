package io.culvert.libc;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SelectableChannel;

/** The descriptors beneath the JDK's channels. Thread-safe (stateless). */
public final class Channels {
    private static final String OPEN_DOOR = "--add-exports java.base/sun.nio.ch=ALL-UNNAMED";

    private Channels() {}

    /** The descriptor of a socket channel or pipe end; it stays the channel's. */
    public static int fdOf(SelectableChannel channel) {
        try {
            Class<?> type = Class.forName("sun.nio.ch.SelChImpl");
            if (!type.isInstance(channel)) {
                throw new IllegalStateException(channel + " has no descriptor");
            }
            return (int) type.getMethod("getFDVal").invoke(channel);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException("java must be started with " + OPEN_DOOR, closed);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InvocationTargetException changed) {
            throw new IllegalStateException(
                    "this Java hides the descriptors of its channels: "
                            + System.getProperty("java.vm.version"),
                    changed);
        }
    }
}
