package io.culvert.app.command;

import io.culvert.app.run.WgRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wg}. Going to the background is the launcher's, as a JVM cannot fork. */
@Command(
        name = "wg",
        mixinStandardHelpOptions = true,
        description =
                "Make a WireGuard interface for 'wg' and wg-quick to drive, as"
                        + " 'wireguard-go' does; returns when it is there.")
final class WgCommand implements Callable<Integer> {
    @Parameters(paramLabel = "INTERFACE", description = "The interface's name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(
            names = {"-f", "--foreground"},
            description = "Stay in the foreground (also with WG_PROCESS_FOREGROUND=1).")
    @SuppressWarnings("unused") // the launcher's, which alone can go to the background
    private boolean foreground;

    @Override
    public Integer call() throws Exception {
        WgRun.run(name, System.getenv());
        return 0;
    }
}
