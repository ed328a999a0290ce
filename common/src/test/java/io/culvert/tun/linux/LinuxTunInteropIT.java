package io.culvert.tun.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.culvert.bytes.Packet;
import io.culvert.bytes.PacketPool;
import io.culvert.libc.OpenDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A real device, up with a TEST-NET-2 address (RFC 5737) behind which there is nobody but the test.
 * Needs root, /dev/net/tun and {@code ip}.
 */
@Tag("interop")
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LinuxTunInteropIT {
    private static final Path CONTROL_DEVICE = Path.of("/dev/net/tun");

    private final PacketPool pool = new PacketPool();
    private TunLab lab;
    private LinuxTun tun;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue(
                Files.isWritable(CONTROL_DEVICE) && "root".equals(System.getProperty("user.name")),
                "needs root and /dev/net/tun");
        lab = new TunLab(TunLab.freeName());
        tun = LinuxTun.open(lab.name());
    }

    @AfterEach
    void close() {
        if (tun != null) {
            tun.close();
        }
    }

    @Test
    void readsThePingOfAnotherProgramAndIsHeardWithTheReply() throws Exception {
        lab.bringUp();
        Process ping = lab.ping();
        Packet request = lab.await(tun, pool, TunLab::isEchoRequest);
        assertEquals(Packet.HEADROOM, request.offset());
        assertEquals(84, request.length());
        for (int i = 1; i <= Packet.OFFLOAD_LENGTH; i++) {
            assertEquals(0, request.array()[request.offset() - i], "virtio-net header");
        }
        TunLab.turnIntoEchoReply(request);
        assertTrue(tun.write(request.array(), request.offset(), request.length()));
        request.release();
        assertEquals(0, ping.waitFor(), "ping heard no reply");
        assertEquals(0, pool.leased());
    }

    @Test
    void readsTcpSuperPacketsFromALocalSender() throws Exception {
        Assumptions.assumeTrue(tun.hasOffloads(), "the kernel grants no offloads");
        lab.bringUp();
        Packet largest = sendOverTcp(1 << 20);
        assertTrue(largest.length() > 10_000, "largest packet " + largest.length());
        byte[] array = largest.array();
        int header = largest.offset() - Packet.OFFLOAD_LENGTH;
        assertEquals(1, array[header], "flags: partial checksum, nothing else");
        assertEquals(1, array[header + 1], "type: TCP over IPv4");
        int segment = (array[header + 4] & 0xff) | (array[header + 5] & 0xff) << 8;
        assertTrue(segment > 500 && segment < 1500, "segment size " + segment);
        assertEquals(20, array[header + 6], "the checksum covers what follows the IP header");
    }

    @Test
    void readsSinglePacketsOnlyWithoutOffloads() throws Exception {
        tun.close();
        tun = LinuxTun.open(lab.name(), Offloads.NONE);
        assertFalse(tun.hasOffloads());
        lab.bringUp();
        Packet largest = sendOverTcp(1 << 18);
        assertTrue(largest.length() <= 1500, "largest packet " + largest.length());
        assertEquals(0, largest.array()[largest.offset() - Packet.OFFLOAD_LENGTH]);
    }

    /** Connects a local sender to a receiver that the test plays; the largest packet seen. */
    private Packet sendOverTcp(int bytes) throws Exception {
        try (SocketChannel sender = SocketChannel.open()) {
            sender.configureBlocking(false);
            InetAddress peer = InetAddress.ofLiteral(TunLab.PEER);
            assertFalse(sender.connect(new InetSocketAddress(peer, 7777)));
            Packet syn = lab.await(tun, pool, TunLab::isTcp);
            TunLab.turnIntoSynAck(syn);
            assertTrue(tun.write(syn.array(), syn.offset(), syn.length()));
            syn.release();
            while (!sender.finishConnect()) {
                Thread.onSpinWait();
            }
            return lab.largest(tun, pool, sender, ByteBuffer.allocate(bytes));
        }
    }

    @Test
    void writesATcpSuperPacketThatTheKernelTakes() throws Exception {
        Assumptions.assumeTrue(tun.hasOffloads(), "the kernel grants no offloads");
        lab.bringUp();
        Packet packet = TunLab.superPacket(30_000, 1400);
        assertTrue(tun.write(packet.array(), packet.offset(), packet.length()));
        assertEquals(0, tun.superPacketsRefused());
        // One that was accepted proves the kernel able; bad ones after it are their own fault.
        packet.array()[packet.offset() - 9] = 0x13;
        for (int i = 0; i < 20; i++) {
            assertFalse(tun.write(packet.array(), packet.offset(), packet.length()));
        }
        assertEquals(20, tun.superPacketsRefused());
        assertTrue(tun.hasOffloads());
    }

    @Test
    void givesUpOffloadsWhenTheKernelNeverTakesOne() throws Exception {
        Assumptions.assumeTrue(tun.hasOffloads(), "the kernel grants no offloads");
        lab.bringUp();
        Packet packet = TunLab.superPacket(30_000, 1400);
        packet.array()[packet.offset() - 9] = 0x13;
        for (int i = 0; i < 8; i++) {
            assertTrue(tun.hasOffloads());
            assertFalse(tun.write(packet.array(), packet.offset(), packet.length()));
        }
        assertFalse(tun.hasOffloads());
        assertEquals(Offloads.NONE, tun.offloads());
        // The tunnel goes on with single packets.
        Packet plain = TunLab.echoReply();
        assertTrue(tun.write(plain.array(), plain.offset(), plain.length()));
        assertTrue(sendOverTcp(1 << 18).length() <= 1500);
    }

    @Test
    void refusesWhatIsNoPacketWithoutLosingTheDevice() throws Exception {
        lab.bringUp();
        byte[] junk = new byte[200];
        junk[64] = (byte) 0xff;
        assertFalse(tun.write(junk, 64, 100));
        assertFalse(tun.write(junk, 64, 0));
        Packet plain = TunLab.echoReply();
        assertTrue(tun.write(plain.array(), plain.offset(), plain.length()));
    }

    @Test
    void refusesPacketsWhileTheInterfaceIsDownAndTakesThemAgain() throws Exception {
        Packet plain = TunLab.echoReply();
        assertFalse(tun.write(plain.array(), plain.offset(), plain.length()));
        assertNull(tun.read(pool));
        lab.bringUp();
        assertTrue(tun.write(plain.array(), plain.offset(), plain.length()));
    }

    @Test
    void answersNothingWhenNoPacketWaits() throws Exception {
        assertNull(tun.read(pool));
        assertEquals(0, pool.leased());
    }

    @Test
    void knowsItsNameAfterItWasRenamed() throws Exception {
        assertEquals(lab.name(), tun.name());
        String renamed = TunLab.freeName();
        TunLab.ip("link", "set", lab.name(), "name", renamed);
        assertEquals(renamed, tun.name());
    }

    @Test
    void numbersANameByPattern() throws Exception {
        try (LinuxTun numbered = LinuxTun.open("cvt%d")) {
            assertTrue(numbered.name().matches("cvt[0-9]+"), numbered.name());
        }
    }

    @Test
    void isGoneAfterCloseAndLeavesNoDescriptor() throws Exception {
        assertTrue(Files.exists(lab.folder()));
        Map<Integer, String> before = OpenDescriptors.now();
        tun.close();
        tun.close();
        assertFalse(Files.exists(lab.folder()));
        before.remove(tun.fd());
        assertEquals(before, OpenDescriptors.now());
        assertEquals(lab.name(), tun.name());
        assertThrows(IOException.class, () -> tun.read(pool));
        assertThrows(IOException.class, () -> tun.write(new byte[100], 64, 20));
    }

    @Test
    void saysThatANameIsInUse() throws Exception {
        Map<Integer, String> before = OpenDescriptors.now();
        IOException e = assertThrows(IOException.class, () -> LinuxTun.open(lab.name()).close());
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("interface " + lab.name() + ": another program"), message);
        assertEquals(before, OpenDescriptors.now());
        IOException other = assertThrows(IOException.class, () -> LinuxTun.open("lo").close());
        assertEquals(
                "interface lo: an interface of another kind has this name: take another name",
                other.getMessage());
        assertEquals(before, OpenDescriptors.now());
    }

    @Test
    void saysThatTheDeviceIsGone() throws Exception {
        lab.bringUp();
        TunLab.ip("link", "delete", lab.name());
        IOException onRead = assertThrows(IOException.class, () -> tun.read(pool));
        assertEquals("interface " + lab.name() + " is gone", onRead.getMessage());
        Packet plain = TunLab.echoReply();
        IOException onWrite =
                assertThrows(
                        IOException.class,
                        () -> tun.write(plain.array(), plain.offset(), plain.length()));
        assertEquals("interface " + lab.name() + " is gone", onWrite.getMessage());
        assertEquals(lab.name(), tun.name());
    }

    @Test
    void attachesAnInheritedDescriptor() throws Exception {
        lab.bringUp();
        LinuxTun same = LinuxTun.attach(tun.fd(), Offloads.TCP);
        assertEquals(Offloads.TCP, same.offloads());
        assertEquals(lab.name(), same.name());
        Process ping = lab.ping();
        Packet request = lab.await(same, pool, TunLab::isEchoRequest);
        assertNotNull(request);
        TunLab.turnIntoEchoReply(request);
        assertTrue(same.write(request.array(), request.offset(), request.length()));
        request.release();
        assertEquals(0, ping.waitFor());
    }
}
