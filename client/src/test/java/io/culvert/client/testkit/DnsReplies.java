package io.culvert.client.testkit;

import io.culvert.ip.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Responses of a DNS server, built by hand from the query (RFC 1035 §4). */
public final class DnsReplies {
    private static final int TYPE_A = 1;
    private static final int TYPE_CNAME = 5;
    private static final int TYPE_SOA = 6;
    private static final int TYPE_AAAA = 28;

    private final byte[] query;
    private final List<byte[]> answers = new ArrayList<>();
    private final List<byte[]> authorities = new ArrayList<>();
    private int code;
    private boolean isTruncated;

    private DnsReplies(byte[] query) {
        this.query = query;
    }

    /** A response to this query, without a record so far. */
    public static DnsReplies to(byte[] query) {
        return new DnsReplies(query);
    }

    /** A response that gives these addresses. */
    public static byte[] addresses(byte[] query, int ttl, String... ips) {
        DnsReplies reply = to(query);
        for (String ip : ips) {
            reply.address("", ttl, ip);
        }
        return reply.bytes();
    }

    /** The name that is asked for, with dots. */
    public static String name(byte[] query) {
        StringBuilder name = new StringBuilder();
        for (int at = 12; query[at] != 0; at += 1 + query[at]) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.ISO_8859_1));
        }
        return name.toString();
    }

    /** Whether an IPv6 address is asked for. */
    public static boolean asksIpv6(byte[] query) {
        return query[questionEnd(query) - 3] == TYPE_AAAA;
    }

    /** The response's code. */
    public DnsReplies code(int value) {
        code = value;
        return this;
    }

    /** More would not fit. */
    public DnsReplies truncated() {
        isTruncated = true;
        return this;
    }

    /** An address of a name; empty: of the one asked for. */
    public DnsReplies address(String owner, int ttl, String ip) {
        byte[] bytes = IpAddress.parse(ip).toBytes();
        answers.add(record(owner, bytes.length == 4 ? TYPE_A : TYPE_AAAA, ttl, bytes));
        return this;
    }

    /** Another name of a name. */
    public DnsReplies alias(String owner, int ttl, String target) {
        answers.add(record(owner, TYPE_CNAME, ttl, spelled(target)));
        return this;
    }

    /** How long it holds that there is nothing. */
    public DnsReplies nothing(int ttl, int minimum) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(spelled("ns"));
        data.writeBytes(spelled("admin"));
        data.writeBytes(new byte[16]);
        data.writeBytes(four(minimum));
        authorities.add(record("", TYPE_SOA, ttl, data.toByteArray()));
        return this;
    }

    /** The message. */
    public byte[] bytes() {
        int end = questionEnd(query);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {query[0], query[1]});
        out.write(isTruncated ? 0x83 : 0x81);
        out.write(0x80 | code);
        out.writeBytes(new byte[] {0, 1, 0, (byte) answers.size()});
        out.writeBytes(new byte[] {0, (byte) authorities.size(), 0, 0});
        out.write(query, 12, end - 12);
        answers.forEach(out::writeBytes);
        authorities.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static int questionEnd(byte[] query) {
        int at = 12;
        while (query[at] != 0) {
            at += 1 + query[at];
        }
        return at + 5;
    }

    private static byte[] record(String owner, int type, int ttl, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(owner.isEmpty() ? new byte[] {(byte) 0xc0, 12} : spelled(owner));
        out.writeBytes(new byte[] {0, (byte) type, 0, 1});
        out.writeBytes(four(ttl));
        out.writeBytes(new byte[] {(byte) (data.length >> 8), (byte) data.length});
        out.writeBytes(data);
        return out.toByteArray();
    }

    private static byte[] spelled(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write(0);
        return out.toByteArray();
    }

    private static byte[] four(int value) {
        return new byte[] {
            (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
        };
    }
}
