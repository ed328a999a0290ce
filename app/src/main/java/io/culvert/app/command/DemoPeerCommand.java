package io.culvert.app.command;

import io.culvert.app.demo.FilePeer;
import io.culvert.app.demo.SitePeer;
import io.culvert.time.MonotonicClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code demo-peer}: an end of the demonstration's file transfer, in a process of its own. */
@Command(name = "demo-peer", hidden = true, description = "What the demo runs at either end.")
final class DemoPeerCommand implements Callable<Integer> {
    /** Which end. */
    enum End {
        SERVE,
        FETCH,
        /** The file is a folder, served as a web site. */
        SITE
    }

    @Parameters(index = "0")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private End end;

    @Parameters(index = "1")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String address;

    @Parameters(index = "2")
    private int port;

    @Parameters(index = "3")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        InetSocketAddress where = FilePeer.at(address, port);
        switch (end) {
            case SERVE -> FilePeer.serve(where, file, spec.commandLine().getErr());
            case SITE -> SitePeer.serve(where, file, spec.commandLine().getErr());
            case FETCH -> {
                MonotonicClock clock = MonotonicClock.system();
                print("down", FilePeer.download(where, file, clock));
                print("up", FilePeer.upload(where, file, clock));
            }
        }
        return 0;
    }

    private void print(String direction, FilePeer.Transfer transfer) {
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            String same = transfer.isSame() ? "same" : "different";
            out.printf(
                    "%s %d %d %s %s%n",
                    direction, transfer.bytes(), transfer.durationNs(), same, transfer.sha256());
            out.flush();
        }
    }
}
