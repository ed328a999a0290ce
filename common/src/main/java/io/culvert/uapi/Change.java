package io.culvert.uapi;

import io.culvert.carrier.RemoteAddress;
import io.culvert.crypto.PresharedKey;
import io.culvert.crypto.PrivateKey;
import io.culvert.crypto.PublicKey;
import io.culvert.ip.IpAddress;
import io.culvert.ip.IpPrefix;
import io.culvert.noise.LocalIdentity;
import io.culvert.tunnel.Peer;
import io.culvert.tunnel.PeerConfig;
import io.culvert.uapi.UapiException.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code set=1} under way: each line changes the interface as it comes, and a line that cannot be
 * done ends it; what came before stays. Confined to the loop.
 *
 * <p>Lines before the first {@code public_key} are the interface's, those after it that peer's.
 */
final class Change<E> {
    private static final String NO_KEY = "0".repeat(2 * PrivateKey.LENGTH);

    private final Device<E> device;
    private final SecureRandom random;

    /** The peer that lines are about; null before the first, and while they are about nobody. */
    private @Nullable Peer<E> peer;

    private boolean isAboutPeers;

    /** The peer was not there before its {@code public_key}. */
    private boolean isNew;

    Change(Device<E> device, SecureRandom random) {
        this.device = device;
        this.random = random;
    }

    void line(String key, String value, long nowNs) throws UapiException {
        try {
            if (key.equals("public_key")) {
                begin(PublicKey.parseHex(value));
            } else if (isAboutPeers) {
                ofPeer(key, value, nowNs);
            } else {
                ofInterface(key, value);
            }
        } catch (IllegalArgumentException e) {
            throw new UapiException(Reason.EINVAL, key + ": " + e.getMessage());
        }
    }

    private void ofInterface(String key, String value) throws UapiException {
        switch (key) {
            case "private_key" -> privateKey(value);
            case "listen_port" -> device.listenPort((int) number(value, 65_535));
            case "fwmark" -> device.fwmark((int) number(value, 0xffff_ffffL));
            case "replace_peers" -> {
                requireTrue(key, value);
                List.copyOf(device.tunnel().peers()).forEach(device::remove);
            }
            default -> throw unknown(key);
        }
    }

    private void privateKey(String hex) {
        LocalIdentity identity =
                hex.equals(NO_KEY)
                        ? LocalIdentity.unset(random)
                        : new LocalIdentity(PrivateKey.parseHex(hex));
        LocalIdentity former = device.tunnel().identity();
        boolean isSame =
                identity.isSet()
                        ? former.isSet() && former.publicKey().equals(identity.publicKey())
                        : !former.isSet();
        if (isSame) {
            identity.destroy();
            return; // told again: the sessions stay
        }
        Peer<E> self = identity.isSet() ? device.tunnel().peer(identity.publicKey()) : null;
        if (self != null) {
            device.remove(self);
        }
        device.tunnel().identity(identity);
    }

    /** Our own public key may be named as a peer's; its lines are about nobody. */
    private void begin(PublicKey key) {
        isAboutPeers = true;
        peer = device.tunnel().peer(key);
        isNew = peer == null;
        if (isNew) {
            peer = device.tunnel().addPeer(new PeerConfig(key, PresharedKey.NONE, List.of(), 0));
            if (peer != null) {
                device.added(peer);
            }
        }
    }

    private void ofPeer(String key, String value, long nowNs) throws UapiException {
        switch (key) {
            case "update_only" -> {
                requireTrue(key, value);
                if (isNew) {
                    leave();
                }
            }
            case "remove" -> {
                requireTrue(key, value);
                leave();
            }
            case "preshared_key" -> presharedKey(PresharedKey.parseHex(value));
            case "endpoint" -> endpoint(value);
            case "persistent_keepalive_interval" -> keepalive((int) number(value, 65_535), nowNs);
            case "replace_allowed_ips" -> {
                requireTrue(key, value);
                if (peer != null) {
                    device.tunnel().disallowAll(peer);
                }
            }
            case "allowed_ip" -> allowedIp(value);
            case "protocol_version" -> {
                if (!value.equals("1")) {
                    throw new UapiException(Reason.EINVAL, "protocol version " + value);
                }
            }
            default -> throw unknown(key);
        }
    }

    private void leave() {
        if (peer != null) {
            device.remove(peer);
            peer = null;
        }
    }

    private void presharedKey(PresharedKey psk) {
        if (peer != null) {
            device.tunnel().presharedKey(peer, psk);
        }
        psk.destroy();
    }

    private void endpoint(String value) throws UapiException {
        InetSocketAddress remote = parseEndpoint(value);
        if (peer != null && !RemoteAddress.text(remote).equals(device.endpoint(peer))) {
            device.connect(peer, remote);
        }
    }

    private void keepalive(int seconds, long nowNs) {
        if (peer != null && peer.persistentKeepaliveSeconds() != seconds) {
            device.tunnel().persistentKeepalive(peer, seconds, nowNs);
        }
    }

    private void allowedIp(String value) {
        boolean isTaken = value.startsWith("-");
        IpPrefix prefix =
                IpPrefix.parse(isTaken || value.startsWith("+") ? value.substring(1) : value);
        if (peer == null) {
            return;
        }
        if (isTaken) {
            device.tunnel().disallow(peer, prefix);
        } else {
            device.tunnel().allow(peer, prefix);
        }
    }

    /**
     * {@code 192.0.2.1:51820} or {@code [2001:db8::1%eth0]:51820}: names are the tools' to resolve.
     */
    private static InetSocketAddress parseEndpoint(String text) throws UapiException {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new UapiException(Reason.EINVAL, "endpoint: no port");
        }
        String host = text.substring(0, colon);
        boolean isIpv6 = host.startsWith("[") && host.endsWith("]");
        String bare = isIpv6 ? host.substring(1, host.length() - 1) : host;
        int zone = bare.indexOf('%');
        IpAddress.parse(zone < 0 ? bare : bare.substring(0, zone)); // or the JDK would ask DNS
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(bare), (int) number(text.substring(colon + 1), 65_535));
        } catch (UnknownHostException e) {
            throw new UapiException(Reason.EINVAL, "endpoint: " + e.getMessage());
        }
    }

    private static long number(String text, long greatest) throws UapiException {
        if (!text.isEmpty()
                && text.length() <= 10
                && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long number = Long.parseLong(text);
            if (number <= greatest) {
                return number;
            }
        }
        throw new UapiException(Reason.EINVAL, "a number from 0 to " + greatest + " is expected");
    }

    private static void requireTrue(String key, String value) throws UapiException {
        if (!value.equals("true")) {
            throw new UapiException(Reason.EINVAL, key + " can only be true");
        }
    }

    private static UapiException unknown(String key) {
        return new UapiException(Reason.EINVAL, "unknown key " + key);
    }
}
