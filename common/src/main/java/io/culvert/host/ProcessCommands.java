package io.culvert.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The OS's programs as child processes.
 *
 * <p>Input and output go through private temporary files instead of pipes: no thread is needed to
 * drain them, and a daemon that a hook leaves behind cannot hold us up. They lie in memory where
 * that is possible, as undoing must work with a full disk too. Thread-safe (stateless).
 */
public final class ProcessCommands implements Commands {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);
    private static final Duration HOOK_LIMIT = Duration.ofMinutes(2);
    private static final int OUTPUT_LIMIT_BYTES = 1 << 20;

    /** The argument that has a shell read its script from standard input: a hook. */
    static final String SCRIPT = "-s";

    private static final Path NOTHING = Path.of("/dev/null");

    /** Where `ip`, `nft` and friends live, though a user's PATH often leaves it out. */
    private static final List<String> SYSTEM_FOLDERS =
            List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private final Duration commandLimit;
    private final List<String> folders;

    /** With the limits and the PATH of production. */
    public ProcessCommands() {
        this(COMMAND_LIMIT, System.getenv());
    }

    ProcessCommands(Duration commandLimit, Map<String, String> environment) {
        this.commandLimit = commandLimit;
        List<String> all = new ArrayList<>();
        for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
            if (folder.startsWith("/")) {
                all.add(folder);
            }
        }
        SYSTEM_FOLDERS.stream().filter(folder -> !all.contains(folder)).forEach(all::add);
        this.folders = List.copyOf(all);
    }

    @Override
    public boolean has(String program) {
        return find(program) != null;
    }

    @Override
    public Result run(List<String> argv, String stdin) throws HostException {
        String shown = String.join(" ", argv);
        String program = find(argv.getFirst());
        if (program == null) {
            throw new HostException(
                    "`" + shown + "` cannot run, there is no program " + argv.getFirst(),
                    "install it (Debian: iproute2, nftables) or put it on the PATH");
        }
        List<String> resolved = new ArrayList<>(argv);
        resolved.set(0, program);
        try (Exchange exchange = Exchange.open(stdin)) {
            return run(resolved, exchange);
        } catch (IOException e) {
            throw new HostException(
                    "`" + shown + "` cannot run: " + e.getMessage(),
                    "check that it is executable and that a temporary folder is writable",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException("`" + shown + "` was interrupted", "run it again", e);
        }
    }

    private Result run(List<String> argv, Exchange exchange)
            throws IOException, InterruptedException, HostException {
        ProcessBuilder builder =
                new ProcessBuilder(argv)
                        .redirectInput(exchange.in().toFile())
                        .redirectOutput(exchange.out().toFile())
                        .redirectError(exchange.err().toFile());
        boolean isHook = isHook(argv);
        builder.environment().put("LC_ALL", "C"); // outputs are parsed
        builder.environment().put("PATH", String.join(":", folders));
        Process process = builder.start();
        Duration limit = isHook ? HOOK_LIMIT : commandLimit;
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new HostException(
                        "`%s` has not ended after %d s"
                                .formatted(String.join(" ", argv), limit.toSeconds()),
                        "run it by hand and see what it waits for");
            }
            return new Result(process.exitValue(), text(exchange.out()), text(exchange.err()));
        } finally {
            if (isHook) {
                forward(exchange.out());
                forward(exchange.err());
            }
            if (process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /** PreUp and its kin are the operator's own and may take their time. */
    private static boolean isHook(List<String> argv) {
        return argv.size() == 2 && SCRIPT.equals(argv.get(1));
    }

    /** The operator sees what his own lines print. */
    private static void forward(Path output) throws IOException {
        String text = text(output);
        if (!text.isEmpty()) {
            System.err.print(text);
            System.err.flush();
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(OUTPUT_LIMIT_BYTES), StandardCharsets.UTF_8);
        }
    }

    private @Nullable String find(String program) {
        if (program.startsWith("/")) {
            return Files.isExecutable(Path.of(program)) ? program : null;
        }
        return folders.stream()
                .map(folder -> folder + "/" + program)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse(null);
    }

    /**
     * The files between us and one program, in a folder of their own that closing deletes.
     *
     * @param in {@code /dev/null} for nothing
     */
    private record Exchange(Path folder, Path in, Path out, Path err) implements AutoCloseable {
        private static final List<Path> FOLDERS =
                List.of(
                        Path.of("/run"),
                        Path.of("/dev/shm"),
                        Path.of(System.getProperty("java.io.tmpdir", "/tmp")));

        static Exchange open(String stdin) throws IOException {
            IOException failure = new IOException("there is no temporary folder");
            for (Path parent : FOLDERS) {
                try {
                    return open(parent, stdin);
                } catch (IOException e) {
                    failure = e; // not ours to write into, or full; the next may do
                }
            }
            throw failure;
        }

        private static Exchange open(Path parent, String stdin) throws IOException {
            Path folder = Files.createTempDirectory(parent, "culvert-run");
            Path in = stdin.isEmpty() ? NOTHING : folder.resolve("in");
            Exchange exchange =
                    new Exchange(folder, in, folder.resolve("out"), folder.resolve("err"));
            boolean success = false;
            try {
                if (!stdin.isEmpty()) {
                    Files.writeString(in, stdin);
                }
                success = true;
                return exchange;
            } finally {
                if (!success) {
                    exchange.close();
                }
            }
        }

        @Override
        public void close() throws IOException {
            for (String name : List.of("in", "out", "err")) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }
}
