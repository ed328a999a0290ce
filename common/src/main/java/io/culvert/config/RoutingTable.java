package io.culvert.config;

/** Where the routes for the allowed IPs go: {@code Table =}. Immutable. */
public sealed interface RoutingTable {
    /** Into the main table, a default route by policy: what an absent key means. */
    record Auto() implements RoutingTable {
        @Override
        public String toString() {
            return "auto";
        }
    }

    /** Nowhere: the operator sets routes. */
    record Off() implements RoutingTable {
        @Override
        public String toString() {
            return "off";
        }
    }

    /** Into this table, a number or a name of rt_tables. */
    record Named(String table) implements RoutingTable {
        @Override
        public String toString() {
            return table;
        }
    }
}
