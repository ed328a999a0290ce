package io.culvert.netstack;

/** What a {@link FlowTable} holds. */
interface Keyed {
    /** Its place in the table; the same for all its life. */
    FlowKey key();
}
