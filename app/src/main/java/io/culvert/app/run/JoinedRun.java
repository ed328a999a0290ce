package io.culvert.app.run;

import io.culvert.client.proxy.attach.Attached;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * One connection or one question through the tunnel of another process. Confined to the thread that
 * runs the command.
 */
final class JoinedRun {
    private final Attached other;
    private final StopSignal stop;

    JoinedRun(Attached other, StopSignal stop) {
        this.other = other;
        this.stop = stop;
    }

    /**
     * Does what the process was started for, and lets go of the other one.
     *
     * @throws Attached.Gone when the other process ended before: it may be tried again
     */
    void run(ProxyJob job, PrintWriter out) throws IOException {
        var _ = stop.requested().thenRun(other::close);
        try (other) {
            switch (job) {
                case ProxyJob.Serve _ -> throw new IllegalStateException("one that serves joins");
                case ProxyJob.Pipe(var target) ->
                        other.pipe(
                                target,
                                new FileInputStream(FileDescriptor.in),
                                new FileOutputStream(FileDescriptor.out));
                case ProxyJob.Check(String host, int port) -> {
                    out.println(other.check(host, port));
                    out.flush();
                }
            }
        } catch (IOException e) {
            if (!stop.requested().isDone()) {
                throw e;
            }
        }
    }
}
