package io.culvert.app.run;

import io.culvert.client.proxy.front.OpenDoor;
import io.culvert.client.tunnel.ClientTunnel;
import io.culvert.config.PeerSection;
import io.culvert.config.TunnelFile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The lines that tell how a client's tunnel comes up. */
final class TunnelLines {
    private TunnelLines() {}

    /** Names without an address are looked up again and again. */
    static void printWaiting(PrintWriter err, TunnelFile file, String hosts) {
        err.println(
                "waiting: "
                        + file.name()
                        + " needs the address of "
                        + hosts
                        + ", which is unknown now: is the name right, and is this machine online?"
                        + " Still trying");
        err.flush();
    }

    /** This end is made; the peers have not answered yet. */
    static void printUp(PrintWriter err, TunnelFile file) {
        List<String> peers = new ArrayList<>();
        for (PeerSection peer : file.peers()) {
            if (peer.webSocket() != null) {
                peers.add(peer.webSocket().toString());
            } else if (peer.endpoint() != null) {
                peers.add("udp://" + peer.endpoint());
            }
        }
        String whom = peers.isEmpty() ? "waiting for peers" : "connecting to ";
        err.println("up: " + file.name() + " is set up, " + whom + String.join(" ", peers));
        err.flush();
    }

    /** A peer has answered. */
    static void printReady(
            PrintWriter err, TunnelFile file, ClientTunnel.Reached reached, List<OpenDoor> doors) {
        String open =
                doors.stream()
                        .map(door -> door.purpose() + " " + door.address())
                        .collect(Collectors.joining(", "));
        err.println(
                "ready: "
                        + file.name()
                        + " reaches "
                        + reached
                        + " ("
                        + reached.carrier().remote()
                        + ")"
                        + (open.isEmpty() ? "" : "; " + open));
        err.flush();
    }
}
