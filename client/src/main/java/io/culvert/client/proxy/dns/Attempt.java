package io.culvert.client.proxy.dns;

import io.culvert.client.proxy.Inside;

/** A server that is asked once. Confined to the loop. */
interface Attempt {
    /** Asks; whether there was room to. */
    boolean start(Inside inside);

    /** Ends the attempt without a word. A second call does nothing. */
    void close();

    /** Told what becomes of it; nothing after close. */
    interface Outcome {
        /** A response that belongs to the query; the array is the callee's. */
        void onResponse(byte[] response);

        /** Something else came; the wait goes on. */
        void onStrange();

        /** This server will not answer. */
        void onFailed();
    }
}
