package io.culvert.client.proxy.splice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.client.proxy.FlowEnd;
import io.culvert.client.proxy.FlowInfo;
import io.culvert.client.proxy.FlowKind;
import io.culvert.client.proxy.Target;
import io.culvert.client.testkit.EmbeddedDuplex;
import io.culvert.client.testkit.LeakWatch;
import io.culvert.client.testkit.MemoryFlow;
import io.culvert.client.testkit.ProxyParts;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class SpliceTest {
    private final ProxyParts parts = new ProxyParts();
    private final EmbeddedDuplex client = new EmbeddedDuplex();

    private MemoryFlow joined() {
        join();
        return parts.accepted();
    }

    private void join() {
        Target target = new Target("10.9.0.1", 80);
        var call = new Switchboard.Call(FlowKind.LOCAL_FORWARD, "127.0.0.1:40000", target);
        parts.switchboard.join(client, call, Replies.SILENT);
    }

    @Test
    void endsEachHalfAlone() {
        MemoryFlow flow = joined();
        client.clientSends("question");
        client.clientEnds();
        assertEquals("question", flow.sentText());
        assertTrue(flow.isOutputShut());
        flow.peerSends("answer");
        flow.peerEnds();
        parts.loop.run();
        assertEquals("answer", client.clientGets());
        assertTrue(client.isOutputShutdown());
        assertFalse(client.isActive());
        assertTrue(flow.isClosed());
        assertFalse(flow.isAborted());
        assertEquals(0, parts.table.size());
    }

    @Test
    void goesOnSendingWhenTheRemoteHasEnded() {
        MemoryFlow flow = joined();
        flow.peerSends("early");
        flow.peerEnds();
        parts.loop.run();
        assertEquals("early", client.clientGets());
        assertTrue(client.isOutputShutdown());
        assertTrue(client.isActive());
        client.clientSends("late");
        assertEquals("late", flow.sentText());
        client.clientEnds();
        assertTrue(flow.isClosed());
    }

    @Test
    void readsNoMoreThanTheFlowTakes() {
        parts.inside.sendBufferBytes = 10;
        MemoryFlow flow = joined();
        client.clientSends("0123456789abcdef");
        int reads = client.reads();
        assertEquals("0123456789", flow.sentText());
        client.clientEnds();
        assertFalse(flow.isOutputShut());
        flow.peerReads();
        parts.loop.run();
        assertEquals("0123456789abcdef", flow.sentText());
        assertTrue(flow.isOutputShut());
        assertEquals(reads, client.reads());
        client.clientLeaves();
    }

    @Test
    void asksForMoreWhenTheFlowHasRoomAgain() {
        parts.inside.sendBufferBytes = 10;
        MemoryFlow flow = joined();
        client.clientSends("0123456789");
        int reads = client.reads();
        flow.peerReads();
        parts.loop.run();
        assertEquals(reads + 1, client.reads());
        client.clientLeaves();
    }

    @Test
    void leavesInTheFlowWhatTheClientDoesNotTake() {
        client.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_000, 2_000));
        MemoryFlow flow = joined();
        client.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        flow.peerSends(new byte[200_000]);
        parts.loop.run();
        assertEquals(200_000, flow.available());
        client.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        client.runPendingTasks();
        assertEquals(0, flow.available());
        assertEquals(200_000, client.clientGets().length());
        client.clientLeaves();
    }

    @Test
    void resetsTheClientWhenTheFlowIsReset() {
        MemoryFlow flow = joined();
        flow.end(FlowEnd.RESET);
        parts.loop.run();
        assertFalse(client.isActive());
        assertEquals(0, parts.table.size());
    }

    @Test
    void givesAllBytesBeforeAnOrderlyEnd() {
        MemoryFlow flow = joined();
        client.clientEnds();
        flow.peerSends("last");
        flow.end(FlowEnd.FINISHED);
        parts.loop.run();
        assertEquals("last", client.clientGets());
        assertFalse(client.isActive());
    }

    @Test
    void resetsTheFlowWhenTheClientFails() {
        MemoryFlow flow = joined();
        client.pipeline().fireExceptionCaught(new IOException("reset by peer"));
        assertTrue(flow.isAborted());
        assertFalse(client.isActive());
    }

    @Test
    void keepsAnEndThatComesBeforeTheFlow() {
        join();
        client.clientSends("all");
        client.clientEnds();
        MemoryFlow flow = parts.accepted();
        assertEquals("all", flow.sentText());
        assertTrue(flow.isOutputShut());
        client.clientLeaves();
    }

    @Test
    void countsWhatGoesOverIt() {
        MemoryFlow flow = joined();
        client.clientSends("123");
        flow.peerSends("12345");
        parts.loop.run();
        assertEquals(
                List.of(
                        new FlowInfo(
                                FlowKind.LOCAL_FORWARD,
                                "127.0.0.1:40000",
                                "10.9.0.1:80",
                                3,
                                5,
                                Instant.EPOCH)),
                parts.table.list());
        assertEquals("12345", client.clientGets());
        parts.table.close();
        assertFalse(client.isActive());
        assertTrue(flow.isAborted());
        assertEquals(List.of(), parts.table.list());
    }
}
