package io.culvert.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A machine of its own in memory: what commands and writes leave behind, and a crash at any of
 * them. Adding what is there and deleting what is not fails, as on a real one.
 */
final class PretendHost implements Commands, HostFiles {
    private static final Pattern NFT_TABLE = Pattern.compile("(?m)^table inet (\\S+) \\{");

    /** What there is: addresses, routes, rules, tables, links that are up. */
    final Set<String> things = new TreeSet<>();

    final Map<String, String> files = new TreeMap<>();
    final Map<String, String> links = new TreeMap<>();
    final Map<String, String> answers = new HashMap<>();
    final Set<String> programs = new TreeSet<>(Set.of("ip", "nft", "sh"));

    /** Programs that a signal ends, the first time. */
    final Set<String> killedOnce = new TreeSet<>();

    /** What happens while a hook runs; nothing by default. */
    Runnable duringHook = () -> {};

    /** What was changed, in order. */
    final List<String> log = new ArrayList<>();

    /** Which change is the last; the machine dies before or after it. */
    int changesLeft = Integer.MAX_VALUE;

    boolean diesAfter;

    /** A death of the process, which nothing may catch. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    Machine machine() {
        return new Machine(this, this);
    }

    /** Everything that can be seen of it. */
    String state() {
        return things + "\n" + files + "\n" + links;
    }

    @Override
    public boolean has(String program) {
        return programs.contains(program);
    }

    @Override
    public Result run(List<String> argv, String stdin) {
        String line = String.join(" ", argv);
        if (isQuestion(argv)) {
            return new Result(0, answers.getOrDefault(line, ""), "");
        }
        if (argv.contains("-s")) {
            duringHook.run();
        }
        List<Result> results = new ArrayList<>();
        change(
                line + (stdin.isEmpty() ? "" : " <<< " + stdin),
                () -> results.add(act(line, stdin)));
        return results.getFirst();
    }

    private static boolean isQuestion(List<String> argv) {
        return argv.contains("show")
                || argv.contains("get")
                || argv.contains("list")
                || argv.contains("-S");
    }

    private Result act(String line, String stdin) {
        if (answers.containsKey(line)) {
            return new Result(1, "", answers.getOrDefault(line, ""));
        }
        if (killedOnce.remove(line)) {
            return new Result(130, "", "");
        }
        Matcher verb = Pattern.compile(" (add|del|-I|-D|-a|-d) ").matcher(line);
        if (line.startsWith("nft -f")) {
            Matcher table = NFT_TABLE.matcher(stdin);
            if (!table.find()) {
                return failed("bad nft");
            }
            things.add("nft " + table.group(1)); // our texts replace a table that is there
            return done();
        } else if (line.startsWith("nft delete")) {
            return remove("nft " + line.substring(line.lastIndexOf(' ') + 1));
        } else if (line.startsWith("ip link")) {
            boolean isUp = line.contains(" up ");
            things.remove("link up");
            return !isUp || things.add("link up") ? done() : failed("");
        } else if (line.startsWith("resolvconf")) {
            String name = "resolvconf " + line.split(" ", -1)[2];
            return line.contains(" -a ") ? add(name) : remove(name);
        } else if (line.startsWith("resolvectl")) {
            return line.contains("revert") ? remove("resolved") : add("resolved");
        } else if (line.endsWith(" -batch -")) {
            String program = line.substring(0, line.indexOf("-batch"));
            return stdin.lines()
                    .map(one -> act(program + one, ""))
                    .filter(result -> !result.succeeded())
                    .findFirst()
                    .orElse(done());
        } else if (line.contains(" route flush ")) {
            String family = line.substring(0, line.indexOf("flush"));
            String where = line.substring(line.indexOf(" dev "), line.indexOf(" proto "));
            things.removeIf(thing -> thing.startsWith(family) && thing.endsWith(where));
            return done();
        } else if (verb.find()) {
            String thing = line.substring(0, verb.start()) + " " + line.substring(verb.end());
            return "add-I-a".contains(verb.group(1)) ? add(thing) : remove(thing);
        }
        return done();
    }

    private Result add(String thing) {
        boolean isNew = things.add(thing) || thing.equals("resolved");
        return isNew ? done() : failed("RTNETLINK answers: File exists");
    }

    private Result remove(String thing) {
        return things.remove(thing) ? done() : failed("RTNETLINK answers: No such process");
    }

    private static Result done() {
        return new Result(0, "", "");
    }

    private static Result failed(String why) {
        return new Result(2, "", why);
    }

    private void change(String what, Runnable action) {
        changesLeft--;
        if (changesLeft == 0 && !diesAfter) {
            throw new Death();
        }
        log.add(what);
        action.run();
        if (changesLeft == 0) {
            throw new Death();
        }
    }

    @Override
    public byte @Nullable [] read(Path path) {
        String content = files.get(path.toString());
        return content == null ? null : content.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void write(Path path, byte[] content) throws IOException {
        if (answers.containsKey("write " + path)) {
            throw new IOException(answers.get("write " + path));
        }
        String text = new String(content, StandardCharsets.ISO_8859_1);
        // Truncating and writing are two moments, and a death can lie between them.
        if (!path.startsWith("/proc")) {
            change("truncate " + path, () -> files.put(path.toString(), ""));
        }
        change("write " + path + " " + text.strip(), () -> files.put(path.toString(), text));
    }

    @Override
    public @Nullable String linkTarget(Path path) {
        return links.get(path.toString());
    }

    @Override
    public void link(Path path, String target) {
        change(
                "link " + path,
                () -> {
                    files.remove(path.toString());
                    links.put(path.toString(), target);
                });
    }

    @Override
    public void delete(Path path) {
        change(
                "delete " + path,
                () -> {
                    files.remove(path.toString());
                    links.remove(path.toString());
                });
    }

    @Override
    public List<String> list(Path folder) {
        String prefix = folder + "/";
        return files.keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .map(path -> path.substring(prefix.length()).split("/", -1)[0])
                .distinct()
                .sorted()
                .toList();
    }
}
