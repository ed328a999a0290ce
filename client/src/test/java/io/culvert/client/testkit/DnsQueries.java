package io.culvert.client.testkit;

import io.culvert.ip.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Queries of a stub resolver, built by hand. */
final class DnsQueries {
    private DnsQueries() {}

    /** Asks for a name's IPv4 address. */
    static byte[] query(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {7, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return out.toByteArray();
    }

    /** The address at the end of a response to {@link #query}. */
    static String address(byte[] response) {
        if (response[0] != 7 || response[1] != 9 || response[7] != 1) {
            throw new AssertionError("no response with one address");
        }
        return IpAddress.of(response, response.length - 4, false).toString();
    }
}
