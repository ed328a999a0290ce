package io.culvert.netstack;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What lives on the heap after a collection, by class. Immutable. */
record HeapHistogram(Map<String, Long> bytes) {
    private static final Pattern LINE =
            Pattern.compile(" *\\d+: +\\d+ +(\\d+)  (\\S+).*", Pattern.UNIX_LINES);

    /** What lives now. */
    static HeapHistogram now() {
        Map<String, Long> bytes = new TreeMap<>();
        try {
            Object text =
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
            for (String line : text.toString().split("\n", -1)) {
                Matcher parts = LINE.matcher(line);
                if (parts.matches()) {
                    String name = parts.group(2).replaceAll("\\$\\$Lambda.*", "\\$\\$Lambda");
                    bytes.merge(name, Long.parseLong(parts.group(1)), Long::sum);
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException("no histogram", e);
        }
        return new HeapHistogram(bytes);
    }

    /** What came since an earlier one. */
    HeapHistogram since(HeapHistogram earlier) {
        Map<String, Long> more = new TreeMap<>(bytes);
        earlier.bytes.forEach((name, before) -> more.merge(name, -before, Long::sum));
        more.values().removeIf(each -> each == 0);
        return new HeapHistogram(more);
    }

    /** Of our own classes: what pools keep for later is in arrays of bytes. */
    long ours() {
        return bytes.entrySet().stream()
                .filter(each -> each.getKey().contains("io.culvert."))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The fattest, for each of so many things. */
    String fattest(int things) {
        StringBuilder text = new StringBuilder();
        bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(40)
                .filter(each -> each.getValue() > things)
                .forEach(each ->
                        text.append(each.getValue() / things)
                                .append(' ')
                                .append(each.getKey())
                                .append('\n'));
        return text.toString();
    }
}
