package io.culvert.app.demo;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a demonstration that was killed ({@code kill -9}) could not undo itself. */
final class Leftovers {
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final String OWNER = "unix:uid";
    private static final Pattern FOLDER = Pattern.compile("cvd-(\\d+)-\\d+");
    private static final Pattern NAME = Pattern.compile("cvd-(\\d+)-(gw|pc)");

    private Leftovers() {}

    /**
     * Ends what runs in networks of demonstrations that are dead, and removes these and their
     * folders; the names of both.
     */
    static List<String> sweep(Path folder) throws IOException, InterruptedException {
        List<String> dead = dead();
        for (String name : dead) {
            for (String pid : pids(name, folder)) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
            Place.ip(folder, "netns", "delete", name);
        }
        List<String> removed = new ArrayList<>(dead);
        removed.addAll(sweepFolders());
        return removed;
    }

    /** Ends what dead demonstrations of this user started, and removes their folders; these. */
    static List<String> sweepFolders() throws IOException {
        List<String> removed = new ArrayList<>();
        for (Path left : deadFolders(Path.of(System.getProperty("java.io.tmpdir")))) {
            String name = left.toString();
            ProcessHandle.allProcesses()
                    .filter(process -> process.info().commandLine().orElse("").contains(name + "/"))
                    .forEach(ProcessHandle::destroyForcibly);
            delete(left);
            removed.add(name);
        }
        return removed;
    }

    /**
     * The folders of dead demonstrations in {@code temporary}, where others may write: ours alone,
     * since nobody else can put a link in the place of these while they are deleted.
     */
    static List<Path> deadFolders(Path temporary) throws IOException {
        Object self = Files.getAttribute(Path.of("/proc/self"), OWNER);
        List<Path> dead = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(temporary, "cvd-*")) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && self.equals(Files.getAttribute(entry, OWNER, LinkOption.NOFOLLOW_LINKS))
                        && isDead(FOLDER, entry.getFileName().toString())) {
                    dead.add(entry);
                }
            }
        }
        return dead;
    }

    private static List<String> dead() throws IOException {
        if (!Files.isDirectory(NAMESPACES)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(NAMESPACES)) {
            return names.map(path -> path.getFileName().toString())
                    .filter(name -> isDead(NAME, name))
                    .toList();
        }
    }

    private static boolean isDead(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches()
                && ProcessHandle.of(Long.parseLong(matcher.group(1)))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    private static List<String> pids(String name, Path folder)
            throws IOException, InterruptedException {
        return Place.ip(folder, "netns", "pids", name)
                .lines()
                .map(String::strip)
                .filter(line -> line.matches("\\d+"))
                .toList();
    }

    /** Removes a folder and all in it, following no link. */
    static void delete(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                            throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        Files.deleteIfExists(dir);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
