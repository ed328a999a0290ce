/**
 * A userspace TCP/IP stack without I/O: packets in, packets out, flows for the application.
 *
 * <p>Inbound:
 *
 * <ol>
 *   <li>{@link NetStack#receive}: {@link Inbound} finds the packet's parts; fragments wait in
 *       {@link Fragments} until they are whole.
 *   <li>{@link Tcp}, {@link Udp} and {@link Icmp} look for the flow in a {@link FlowTable}; what
 *       begins one is offered to {@link Arrivals}.
 *   <li>{@link SegmentArrival} judges a segment; {@link FlowReceiver} keeps its data, {@link
 *       FlowSender} takes its acknowledgment, {@code tcp.LossRecovery} decides what is lost.
 *   <li>{@link Events}: the flow's listener is told, last of all.
 * </ol>
 *
 * <p>Outbound:
 *
 * <ol>
 *   <li>{@link TcpFlow#write} copies to the send buffer, and queues the flow in the {@link Outlet}.
 *   <li>{@link NetStack#poll} asks the outlet, which lets flows take turns.
 *   <li>{@link FlowOutput} makes the flow's next segment at that moment, with {@link
 *       SegmentWriter}; {@link DatagramOutput} has made those of UDP and ICMP before.
 * </ol>
 *
 * <p>Time passes by {@link NetStack#tick}; {@link FlowTimers} says what is due for a flow.
 *
 * <p>Floor 2: may import {@code netstack.tcp}, {@code bytes}, {@code ip}, {@code time}, {@code
 * stats}.
 */
@NullMarked
package io.culvert.netstack;

import org.jspecify.annotations.NullMarked;
