package io.culvert.tunnel;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Port to whoever runs {@link Examination}s. The engine bounds how many are under way, so an
 * implementation needs no bound of its own.
 *
 * <p>Both methods are the engine's, on its thread. An implementation with a thread of its own sees
 * to it that {@link Tunnel#collect} is called soon after one is done.
 */
public interface HandshakeWorker {
    /**
     * Takes one to run, before all that are not {@linkplain Examination#isUrgent urgent} if so.
     *
     * @return whether it has been run already, and is there to be polled
     */
    boolean add(Examination examination);

    /** One that has been run, each once, in any order; null when there is none at present. */
    @Nullable Examination poll();

    /** One that runs each as it is added, on the engine's thread. */
    static HandshakeWorker inline() {
        ArrayDeque<Examination> done = new ArrayDeque<>();
        return new HandshakeWorker() {
            @Override
            public boolean add(Examination examination) {
                examination.run();
                done.addLast(examination);
                return true;
            }

            @Override
            public @Nullable Examination poll() {
                return done.pollFirst();
            }
        };
    }
}
