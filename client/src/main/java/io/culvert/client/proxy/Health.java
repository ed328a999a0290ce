package io.culvert.client.proxy;

import java.util.concurrent.CompletableFuture;

/** Whether the tunnel passes traffic. */
@FunctionalInterface
public interface Health {
    /** Finds out, within some seconds. Called on the loop, and completes there. */
    CompletableFuture<Boolean> ask();
}
