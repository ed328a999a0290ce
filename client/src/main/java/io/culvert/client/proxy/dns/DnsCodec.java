package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.dns.Answer.Addresses;
import io.culvert.client.proxy.dns.Answer.None;
import io.culvert.client.proxy.dns.Answer.Reason;
import io.culvert.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryEncoder;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Questions for addresses, and the addresses in a response, by Netty's codec: its form for TCP, as
 * a message without an envelope is wanted. Confined to the loop.
 */
final class DnsCodec {
    private static final int LENGTH_BYTES = 2;
    private static final int MOST_ALIASES = 16;
    private static final int MOST_ADDRESSES = 32;

    private final EmbeddedChannel encoder = new EmbeddedChannel(new TcpDnsQueryEncoder());
    private EmbeddedChannel decoder = decoder();

    private static EmbeddedChannel decoder() {
        return new EmbeddedChannel(
                new TcpDnsResponseDecoder(DnsRecordDecoder.DEFAULT, DnsLayout.MOST_BYTES));
    }

    /** A query for a name's addresses, without EDNS: 512 bytes hold them, or TCP does. */
    byte[] query(String name, boolean isIpv6) {
        DefaultDnsQuery query = new DefaultDnsQuery(0);
        query.setRecursionDesired(true);
        query.setRecord(DnsSection.QUESTION, new DefaultDnsQuestion(name, type(isIpv6)));
        encoder.writeOutbound(query);
        ByteBuf framed = encoder.readOutbound();
        try {
            return ByteBufUtil.getBytes(
                    framed, LENGTH_BYTES, framed.readableBytes() - LENGTH_BYTES);
        } finally {
            framed.release();
        }
    }

    /** What a response to such a query says. */
    Answer answer(byte[] message, boolean isIpv6) {
        DnsResponse response = decode(message);
        if (response == null) {
            return new None(Reason.SERVERS_FAIL);
        }
        try {
            return switch (response.code().intValue()) {
                case DnsLayout.NO_ERROR -> addresses(response, type(isIpv6));
                case DnsLayout.NO_SUCH_NAME -> new None(Reason.NO_SUCH_NAME);
                default -> new None(Reason.SERVERS_FAIL);
            };
        } finally {
            response.release();
        }
    }

    private @Nullable DnsResponse decode(byte[] message) {
        if (!DnsLayout.isWhole(message)) {
            return null; // Netty would give what it could read
        }
        ByteBuf length = Unpooled.buffer(LENGTH_BYTES).writeShort(message.length);
        try {
            decoder.writeInbound(Unpooled.wrappedBuffer(length, Unpooled.wrappedBuffer(message)));
        } catch (DecoderException | IndexOutOfBoundsException | IllegalArgumentException ignored) {
            renewDecoder(); // it may stand anywhere in the message
            return null;
        }
        Object decoded = decoder.readInbound();
        if (decoded instanceof DnsResponse response) {
            return response;
        }
        renewDecoder();
        return null;
    }

    private void renewDecoder() {
        decoder.finishAndReleaseAll();
        decoder = decoder();
    }

    private static Answer addresses(DnsResponse response, DnsRecordType type) {
        if (response.count(DnsSection.QUESTION) != 1) {
            return new None(Reason.SERVERS_FAIL);
        }
        String owner = canonical(response.recordAt(DnsSection.QUESTION).name());
        Map<String, String> aliases = aliases(response);
        for (int i = 0; i < MOST_ALIASES && aliases.containsKey(owner); i++) {
            owner = aliases.getOrDefault(owner, owner);
        }
        List<IpAddress> addresses = new ArrayList<>();
        for (DnsRawRecord record : answers(response)) {
            boolean isIts = record.type().equals(type) && canonical(record.name()).equals(owner);
            int bytes = record.content().readableBytes();
            if (isIts && bytes == lengthOf(type) && addresses.size() < MOST_ADDRESSES) {
                addresses.add(IpAddress.of(ByteBufUtil.getBytes(record.content())));
            }
        }
        return addresses.isEmpty() ? new None(Reason.NO_ADDRESS) : new Addresses(addresses);
    }

    private static Map<String, String> aliases(DnsResponse response) {
        Map<String, String> aliases = new HashMap<>();
        for (DnsRawRecord record : answers(response)) {
            if (record.type().equals(DnsRecordType.CNAME)) {
                ByteBuf name = record.content().duplicate();
                aliases.put(
                        canonical(record.name()),
                        canonical(DefaultDnsRecordDecoder.decodeName(name)));
            }
        }
        return aliases;
    }

    private static List<DnsRawRecord> answers(DnsResponse response) {
        List<DnsRawRecord> records = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            if (response.recordAt(DnsSection.ANSWER, i) instanceof DnsRawRecord record
                    && record.dnsClass() == DnsRecord.CLASS_IN) {
                records.add(record);
            }
        }
        return records;
    }

    private static DnsRecordType type(boolean isIpv6) {
        return isIpv6 ? DnsRecordType.AAAA : DnsRecordType.A;
    }

    private static int lengthOf(DnsRecordType type) {
        return type.equals(DnsRecordType.AAAA) ? 16 : 4;
    }

    private static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower : lower + ".";
    }
}
