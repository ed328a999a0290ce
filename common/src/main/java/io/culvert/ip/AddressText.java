package io.culvert.ip;

/** Addresses as text: RFC 4291 §2.2 in, RFC 5952 out. Thread-safe (stateless). */
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    static IpAddress parse(String text) {
        if (text.indexOf('%') >= 0) {
            throw bad(text, "zone ids are not accepted");
        }
        return text.indexOf(':') >= 0 ? parseIpv6(text) : parseIpv4(text);
    }

    private static IpAddress parseIpv4(String text) {
        return new IpAddress((long) ipv4Bits(text, text) << 32, 0, false);
    }

    private static int ipv4Bits(String part, String text) {
        int bits = 0;
        int fields = 0;
        int at = 0;
        while (at <= part.length()) {
            int end = part.indexOf('.', at);
            end = end < 0 ? part.length() : end;
            bits = bits << 8 | decimal(part.substring(at, end), text);
            fields++;
            at = end + 1;
        }
        if (fields != 4) {
            throw bad(text, "four decimal numbers, or IPv6 groups, are expected");
        }
        return bits;
    }

    private static int decimal(String field, String text) {
        boolean isPlain = !field.isEmpty() && field.length() <= 3;
        int value = 0;
        for (int i = 0; isPlain && i < field.length(); i++) {
            char c = field.charAt(i);
            isPlain = c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        // a leading zero means octal to some programs: refused rather than guessed
        boolean isOctal = field.length() > 1 && field.charAt(0) == '0';
        if (!isPlain || value > 255 || isOctal) {
            throw bad(text, "'" + field + "' is not a number from 0 to 255");
        }
        return value;
    }

    private static IpAddress parseIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw bad(text, "'::' may stand only once");
        }
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            if (readGroups(text, groups, text) != GROUPS) {
                throw bad(text, "eight groups, or a '::', are expected");
            }
        } else {
            int[] tail = new int[GROUPS];
            if (text.lastIndexOf('.', gap) >= 0) {
                throw bad(text, "a dotted address may only end it");
            }
            int before = readGroups(text.substring(0, gap), groups, text);
            int after = readGroups(text.substring(gap + 2), tail, text);
            if (before + after >= GROUPS) {
                throw bad(text, "too many groups around '::'");
            }
            System.arraycopy(tail, 0, groups, GROUPS - after, after);
        }
        return new IpAddress(join(groups, 0), join(groups, 4), true);
    }

    private static int readGroups(String part, int[] groups, String text) {
        int count = 0;
        int at = 0;
        while (!part.isEmpty() && at <= part.length()) {
            int end = part.indexOf(':', at);
            boolean isLast = end < 0;
            String field = part.substring(at, isLast ? part.length() : end);
            boolean isDotted = isLast && field.indexOf('.') >= 0;
            if (count + (isDotted ? 2 : 1) > GROUPS) {
                throw bad(text, "more than eight groups");
            }
            if (isDotted) {
                int bits = ipv4Bits(field, text);
                groups[count++] = bits >>> 16;
                groups[count++] = bits & 0xffff;
            } else {
                groups[count++] = hexGroup(field, text);
            }
            at = isLast ? part.length() + 1 : end + 1;
        }
        return count;
    }

    private static int hexGroup(String field, String text) {
        int value = 0;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw bad(text, "'" + field + "' is not a group of hexadecimal digits");
            }
            value = value << 4 | digit;
        }
        if (field.isEmpty() || field.length() > 4) {
            throw bad(text, "a group has one to four hexadecimal digits");
        }
        return value;
    }

    private static long join(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    static String format(IpAddress address) {
        StringBuilder out = new StringBuilder();
        if (!address.isIpv6()) {
            return appendIpv4(out, (int) (address.high() >>> 32)).toString();
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < 4 ? address.high() : address.low();
            groups[i] = (int) (half >>> (48 - 16 * (i & 3))) & 0xffff;
        }
        if (address.high() == 0 && (address.low() >>> 32) == 0xffff) {
            out.append("::ffff:"); // RFC 5952 §5
            return appendIpv4(out, (int) address.low()).toString();
        }
        appendGroups(out, groups);
        return out.toString();
    }

    private static void appendGroups(StringBuilder out, int[] groups) {
        int gap = -1;
        int gapLength = 1; // RFC 5952 §4.2.2: a single zero group is not shortened
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > gapLength) {
                gap = i;
                gapLength = run;
            }
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == gap) {
                out.append("::");
                i += gapLength - 1;
            } else {
                boolean isAfterGap = gap >= 0 && i == gap + gapLength;
                boolean needsColon = i > 0 && !isAfterGap;
                out.append(needsColon ? ":" : "").append(Integer.toHexString(groups[i]));
            }
        }
    }

    private static StringBuilder appendIpv4(StringBuilder out, int bits) {
        return out.append(bits >>> 24)
                .append('.')
                .append(bits >>> 16 & 0xff)
                .append('.')
                .append(bits >>> 8 & 0xff)
                .append('.')
                .append(bits & 0xff);
    }

    private static IllegalArgumentException bad(String text, String reason) {
        return new IllegalArgumentException("'" + text + "' is not an IP address: " + reason);
    }
}
