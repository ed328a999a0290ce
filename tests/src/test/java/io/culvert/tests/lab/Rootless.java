package io.culvert.tests.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The program under test as somebody runs it who may do nothing: another user, no capability, none
 * to be had, in a namespace that it cannot change. From a copy that everybody may read. Confined to
 * the test's thread.
 */
public final class Rootless {
    private static final String USER = "65534";

    private final Namespace where;
    private final Path program;
    private final Path home;

    private Rootless(Lab lab, Namespace where) {
        this.where = where;
        this.program = lab.folder().resolve("program");
        this.home = lab.folder().resolve("home");
        Path checkout = Culvert.launcher().normalize().resolveSibling("");
        Shell.sh(
                """
                chmod 711 %1$s; mkdir -p %2$s/app/target %3$s/run
                cp -a %4$s/culvert %2$s/; cp -a %4$s/app/launcher %2$s/app/
                cp -a %4$s/app/target/culvert %2$s/app/target/
                chown -R %5$s:%5$s %3$s; chmod -R 700 %3$s; chmod -R a+rX %2$s
                """
                        .formatted(lab.folder(), program, home, checkout, USER));
    }

    /** Culvert by that user; the program must be built. */
    public static Rootless in(Lab lab, Namespace where) {
        return new Rootless(lab, where);
    }

    /** A file of the user's own with this text. */
    public Path write(String name, String text) {
        Path file = home.resolve(name);
        Shell.run(
                        "sh",
                        "-ec",
                        "printf %s \"$1\" >\"$2\"; chown $3:$3 \"$2\"; chmod 600 \"$2\"",
                        "-",
                        text,
                        file.toString(),
                        USER)
                .orFail();
        return file;
    }

    /** The command line of Culvert with these words, for a shell, too. */
    public List<String> command(String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=" + USER,
                                "--regid=" + USER,
                                "--clear-groups",
                                "--bounding-set=-all",
                                "--inh-caps=-all",
                                "--no-new-privs",
                                "env",
                                "-u",
                                "CULVERT_RUNTIME_DIR",
                                "HOME=" + home,
                                "XDG_RUNTIME_DIR=" + home.resolve("run"),
                                program.resolve("culvert").toString()));
        command.addAll(Arrays.asList(words));
        return command;
    }

    public Running start(String... words) {
        return where.start(command(words).toArray(String[]::new));
    }

    /** Runs it to its end, within a minute. */
    public Outcome run(String... words) {
        return where.run(Duration.ofMinutes(1), Map.of(), command(words).toArray(String[]::new));
    }
}
