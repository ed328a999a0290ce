package io.culvert.netstack;

import io.culvert.netstack.tcp.LossRecovery;

/**
 * The timers of a flow, which share one: what is due when, and what happens then. Thread-safe
 * (stateless); the flows are confined.
 */
final class FlowTimers {
    /** At most so often hostile segments provoke an acknowledgment (RFC 5961 §7). */
    static final long CHALLENGE_NS = 50_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private FlowTimers() {}

    /** In how many ns something is due; {@link Long#MAX_VALUE} when nothing is. */
    static long untilNextNs(TcpFlow flow, long nowNs) {
        Opening opening = flow.opening();
        if (opening != null) {
            return opening.isWaiting() ? Math.max(0, opening.waitUntilNs() - nowNs) : NEVER;
        }
        long next = NEVER;
        LossRecovery recovery = flow.sender().recovery();
        if (recovery.isWaiting()) {
            next = Math.min(next, recovery.waitUntilNs() - nowNs);
        }
        WindowProbe probe = flow.sender().windowProbe();
        if (probe != null && probe.isRunning()) {
            next = Math.min(next, probe.atNs() - nowNs);
        }
        if (flow.receiver().isDelayed()) {
            next = Math.min(next, flow.receiver().delayUntilNs() - nowNs);
        }
        if (flow.isFinWaiting()) {
            next = Math.min(next, flow.finWaitUntilNs() - nowNs);
        }
        Keepalive keepalive = flow.keepalive();
        if (keepalive != null && keepalive.isStarted()) {
            next = Math.min(next, keepalive.atNs() - nowNs);
        }
        return Math.max(0, next);
    }

    /** Does what is due. */
    static void onTimer(TcpFlow flow, Context context) {
        long nowNs = context.nowNs;
        Opening opening = flow.opening();
        if (opening != null) {
            if (opening.onTimer(nowNs)) {
                flow.end(End.TIMED_OUT);
            } else if (opening.isSynWanted()) {
                context.outlet.addTurn(flow);
            }
        } else {
            onSending(flow, context);
            onOthers(flow, context);
        }
        flow.rearm();
    }

    private static void onSending(TcpFlow flow, Context context) {
        FlowSender sender = flow.sender();
        LossRecovery recovery = sender.recovery();
        if (recovery.isWaiting() && context.nowNs - recovery.waitUntilNs() >= 0) {
            recovery.onTimer(sender.next(), context.nowNs);
            context.outlet.addTurn(flow);
        }
        WindowProbe probe = sender.windowProbe();
        if (probe != null && probe.isRunning() && context.nowNs - probe.atNs() >= 0) {
            probe.onTimer();
            context.outlet.addTurn(flow);
        }
        if (sender.unansweredNs() > context.setup.timings().userNs()) {
            flow.end(End.TIMED_OUT);
        } else if (probe != null && flow.isReadClosed()) {
            // the application has left, and so nobody else decides how long to wait (RFC 6429)
            if (probe.closedNs(context.nowNs) > context.setup.timings().userNs()) {
                flow.giveUp();
            }
        }
    }

    private static void onOthers(TcpFlow flow, Context context) {
        long nowNs = context.nowNs;
        FlowReceiver receiver = flow.receiver();
        if (receiver.isDelayed() && nowNs - receiver.delayUntilNs() >= 0) {
            receiver.onDelayOver();
            context.outlet.addAcknowledging(flow);
        }
        if (flow.isFinWaiting() && nowNs - flow.finWaitUntilNs() >= 0) {
            flow.end(End.TIMED_OUT);
        }
        Keepalive keepalive = flow.keepalive();
        boolean isKeptAlive = keepalive != null && keepalive.isStarted();
        if (keepalive != null && isKeptAlive && nowNs - keepalive.atNs() >= 0) {
            if (keepalive.onTimer(nowNs)) {
                flow.end(End.TIMED_OUT);
            } else {
                context.outlet.addTurn(flow);
            }
        }
    }
}
