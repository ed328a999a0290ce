package io.culvert.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the lines of a tunnel file into sections of known keys. One a file, confined to its caller.
 */
final class SectionParser {
    private static final String OWN_MARK = "#@";

    /** A line of ours, but for the blank that makes it a comment. */
    private static final Pattern ALMOST_OWN = Pattern.compile("#\\s+@\\s*(\\w+)\\s*=.*");

    /** From this length on a word may be a key or a token that was pasted into the wrong place. */
    private static final int SECRET_LENGTH = 20;

    private final String file;
    private final List<Warning> warnings;
    private final List<Section> sections = new ArrayList<>();

    /** The section that the lines belong to now; null before the first. */
    private @Nullable SectionKind kind;

    private int sectionLine;
    private List<Entry> entries = new ArrayList<>();

    SectionParser(String file, List<Warning> warnings) {
        this.file = file;
        this.warnings = warnings;
    }

    List<Section> parse(String text) throws ConfigException {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            readLine(line.strip(), number);
        }
        closeSection();
        return List.copyOf(sections);
    }

    private void readLine(String line, int number) throws ConfigException {
        if (line.startsWith(OWN_MARK)) {
            readEntry(line.substring(OWN_MARK.length()).strip(), number, true);
            return;
        }
        warnOfAlmostOwn(line, number);
        int comment = line.indexOf('#');
        String bare = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (bare.startsWith("[")) {
            readSection(bare, number);
        } else if (!bare.isEmpty()) {
            readEntry(bare, number, false);
            warnOfCutHook(line, bare, number);
        }
    }

    private void warnOfAlmostOwn(String line, int number) {
        Matcher matcher = ALMOST_OWN.matcher(line);
        Key key = matcher.matches() ? Key.find(matcher.group(1)) : null;
        if (key != null && key.isOwn()) {
            warnings.add(
                    new Warning(
                            file,
                            number,
                            "a blank after # makes this a comment: write "
                                    + key.lineStart()
                                    + "…"));
        }
    }

    /** wg-quick cuts there too; a # after a blank and outside of quotes was meant as a comment. */
    private void warnOfCutHook(String line, String bare, int number) {
        int comment = line.indexOf('#');
        Key key = entries.isEmpty() ? null : entries.getLast().key();
        if (comment < 0 || key == null || !key.isHook()) {
            return;
        }
        String before = line.substring(0, comment);
        boolean isQuoted = isOdd(before, '\'') || isOdd(before, '"');
        if (isQuoted || before.equals(bare)) {
            String text = key.spelling() + " ends before the #, as in wg-quick: do without it";
            warnings.add(new Warning(file, number, text));
        }
    }

    private static boolean isOdd(String text, char quote) {
        return text.chars().filter(c -> c == quote).count() % 2 == 1;
    }

    private void readSection(String header, int number) throws ConfigException {
        closeSection();
        for (SectionKind known : SectionKind.values()) {
            if (header.equalsIgnoreCase(known.toString())) {
                refuseSecondInterface(known, number);
                kind = known;
                sectionLine = number;
                return;
            }
        }
        throw new ConfigException(
                file,
                number,
                header,
                "unknown section " + ConfigException.quote(header),
                "a tunnel file has [Interface] once and [Peer] for each peer");
    }

    private void refuseSecondInterface(SectionKind next, int number) throws ConfigException {
        boolean isSecond =
                next == SectionKind.INTERFACE && sections.stream().anyMatch(s -> s.kind() == next);
        if (isSecond) {
            throw new ConfigException(
                    file,
                    number,
                    next.spelling(),
                    "a second [Interface]",
                    "put its lines into the first, or into a file of its own");
        }
    }

    private void readEntry(String line, int number, boolean isOwn) throws ConfigException {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(
                    file,
                    number,
                    "",
                    ConfigException.quote(line.replaceAll("\\S{" + SECRET_LENGTH + ",}", "…"))
                            + " is no setting",
                    "write Key = value; a comment begins with # and a blank");
        }
        String spelling = line.substring(0, equals).strip();
        Key key = Key.find(spelling);
        if (key == null) {
            throw unknown(spelling, number);
        }
        check(key, number, isOwn);
        entries.add(new Entry(file, number, key, line.substring(equals + 1).strip()));
    }

    private ConfigException unknown(String spelling, int number) {
        Key near = Key.near(spelling);
        if (near == null && spelling.length() >= SECRET_LENGTH) {
            String what = "unknown key of " + spelling.length() + " characters, perhaps a secret";
            return new ConfigException(file, number, "", what, "write Key = value");
        }
        return new ConfigException(
                file,
                number,
                spelling,
                "unknown key " + ConfigException.quote(spelling),
                near == null
                        ? "remove it; wg-quick(8) and Culvert know no such key"
                        : "did you mean " + (near.isOwn() ? "#@ " : "") + near.spelling() + "?");
    }

    /** The key must stand in its own section, once, and behind {@code #@} exactly if it is ours. */
    private void check(Key key, int number, boolean isOwn) throws ConfigException {
        String name = key.spelling();
        if (kind == null) {
            throw new ConfigException(
                    file,
                    number,
                    name,
                    name + " stands before any section",
                    "put " + key.section() + " on a line above it");
        }
        if (kind != key.section()) {
            throw new ConfigException(
                    file, number, name, name + " stands in " + kind, "move it to " + key.section());
        }
        if (key.isOwn() != isOwn) {
            throw new ConfigException(
                    file,
                    number,
                    name,
                    isOwn
                            ? name + " stands in a #@ line, where other tools do not see it"
                            : name + " is Culvert's own, other tools would stumble over it",
                    "write " + key.lineStart() + "…");
        }
        for (Entry earlier : entries) {
            if (earlier.key() == key && !key.isRepeatable()) {
                throw new ConfigException(
                        file,
                        number,
                        name,
                        name + " stands in line " + earlier.line() + " already",
                        "keep one of the two");
            }
        }
    }

    private void closeSection() {
        if (kind != null) {
            sections.add(new Section(kind, file, sectionLine, entries));
        }
        kind = null;
        entries = new ArrayList<>();
    }
}
