package io.culvert.stats;

import java.util.Locale;

/** Why a packet, datagram, message or connection was dropped. Each drop is counted under one. */
public enum DropReason {
    // what came from the outside, before it was authenticated
    MALFORMED_DATAGRAM,
    BAD_MAC1,
    BAD_HANDSHAKE,
    UNKNOWN_INDEX,
    UNKNOWN_PEER,
    REPLAYED_HANDSHAKE,
    HANDSHAKE_FLOOD,
    HANDSHAKE_OVERFLOW,
    RATE_LIMITED,
    BAD_COOKIE_REPLY,
    // transport data
    EXPIRED_KEY,
    BAD_TAG,
    REPLAYED_COUNTER,
    BAD_INNER_PACKET,
    DISALLOWED_SOURCE,
    /** There was congestion on its way, and its endpoints understand no mark (RFC 6040 §4.2). */
    CE_ON_NOT_ECT,
    // what came from the inside
    BAD_OUTBOUND_PACKET,
    NO_ROUTE,
    STAGE_OVERFLOW,
    HANDSHAKE_GAVE_UP,
    QUEUE_OVERFLOW,
    QUEUE_DELAY,
    NO_CARRIER,
    INSIDE_REFUSED,
    TOO_LARGE,
    // the userspace stack
    /** Malformed, or its checksum is wrong. */
    BAD_SEGMENT,
    /** Of no flow, or not what its flow can take. */
    UNWANTED_SEGMENT,
    BAD_FRAGMENT,
    /** Not for this stack, or from where nobody is. */
    NOT_LOCAL,
    /** There are as many flows or bytes as may be. */
    STACK_FULL,
    // the userspace exit
    /** Forbidden by the egress policy. */
    EGRESS_DENIED,
    /** The peer has as many flows, or opens as many a second, as it may. */
    EGRESS_LIMIT,
    /** This machine gave no socket, or no place, for a flow. */
    EGRESS_FULL,
    // carriers
    BAD_FRAME,
    BAD_CAPSULE,
    SEND_FAILED;

    /** The name as it stands in {@code show --json}: kebab case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
