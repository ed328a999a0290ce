package io.culvert.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The runtime folder of a user of this machine, as root looks at it: what stands in it is that
 * user's word, so only processes of that very user are believed, and nothing in it is ever run.
 * Immutable.
 *
 * @param uid whose it is
 */
public record UserFolder(int uid, Path folder) {
    private static final Path SESSIONS = Path.of("/run/user");
    private static final Path TEMPORARY = Path.of("/tmp");
    private static final Pattern SESSION = Pattern.compile("([0-9]{1,10})");
    private static final Pattern OWN = Pattern.compile("culvert-([0-9]{1,10})");

    /** Those of all users that have one where {@link RunDir#ofUser} puts it. */
    public static List<UserFolder> all() {
        return all(SESSIONS, TEMPORARY);
    }

    static List<UserFolder> all(Path sessions, Path temporary) {
        List<UserFolder> all = new ArrayList<>();
        for (Path entry : entries(sessions)) {
            add(all, entry, SESSION, entry.resolve("culvert"));
        }
        for (Path entry : entries(temporary)) {
            add(all, entry, OWN, entry);
        }
        return all;
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException ignored) { // this machine has none
            return List.of();
        }
    }

    private static void add(List<UserFolder> all, Path entry, Pattern pattern, Path folder) {
        Matcher matcher = pattern.matcher(entry.getFileName().toString());
        if (!matcher.matches() || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Integer owner = uidOf(folder);
        if (owner != null && owner.toString().equals(matcher.group(1))) {
            all.add(new UserFolder(owner, folder));
        }
    }

    private static @Nullable Integer uidOf(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException ignored) { // it is gone
            return null;
        }
    }

    /** The process of this user that runs this interface; null when none does. */
    public @Nullable Owner owner(String name) throws HostException {
        RunDir runDir = new RunDir(folder);
        Path journal = runDir.journal(name);
        if (!Files.isRegularFile(journal, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        Owner owner = runDir.owner(name);
        Integer runsAs = owner == null ? null : uidOf(Path.of("/proc/" + owner.pid()));
        return runsAs != null && runsAs == uid ? owner : null;
    }
}
