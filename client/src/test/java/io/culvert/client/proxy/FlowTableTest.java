package io.culvert.client.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.culvert.client.testkit.ManualLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static final LiveFlow.Ends ENDS = new LiveFlow.Ends("a", "b");

    private final ManualLoop loop = new ManualLoop();
    private final FlowTable table =
            new FlowTable(loop, () -> Instant.EPOCH, new ProxyLimits(2, 1, 1, 40, 8));
    private final List<String> idle = new ArrayList<>();

    private @Nullable LiveFlow open(FlowKind kind) {
        return table.open(kind, ENDS, () -> idle.add(kind.label()));
    }

    @Test
    void refusesOneMoreThanItHolds() {
        LiveFlow first = open(FlowKind.SOCKS5);
        assertNotNull(open(FlowKind.HTTP));
        assertNull(open(FlowKind.HTTP));
        assertNotNull(first);
        first.close();
        first.close();
        assertNotNull(open(FlowKind.STDIO));
        assertEquals(2, table.size());
        assertEquals(List.of("http", "stdio"), labels());
    }

    private List<String> labels() {
        return table.list().stream().map(flow -> flow.kind().label()).toList();
    }

    @Test
    void tellsFlowsThatAreQuietForTheirKindsLimit() {
        assertNotNull(open(FlowKind.SOCKS5_UDP));
        LiveFlow tcp = open(FlowKind.SOCKS5);
        assertNotNull(tcp);
        for (int i = 0; i < 4; i++) {
            loop.advance(2);
        }
        assertEquals(List.of(), idle);
        loop.advance(2);
        assertEquals(List.of("socks5-udp"), idle);
        tcp.sent(1);
        for (int i = 0; i < 20; i++) {
            loop.advance(2);
        }
        assertEquals(false, idle.contains("socks5"));
        loop.advance(2);
        assertEquals(true, idle.contains("socks5"));
    }

    @Test
    void endsAllFlowsAndTakesNoMoreOnceClosed() {
        assertNotNull(open(FlowKind.SOCKS4));
        table.close();
        assertEquals(List.of("socks4"), idle);
        assertNull(open(FlowKind.SOCKS4));
    }
}
