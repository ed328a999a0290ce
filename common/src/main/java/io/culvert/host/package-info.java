/**
 * This machine's addresses, routes, rules, DNS and firewall, set through the OS's own commands.
 *
 * <p>What flows through: a {@link io.culvert.config.TunnelFile} comes in, commands and file writes
 * go out, and before each of them the step that undoes it goes into a {@link
 * io.culvert.host.Journal}, which survives {@code kill -9}.
 *
 * <ol>
 *   <li>{@link io.culvert.host.Journal#claim} takes the interface's name, undoing what a dead owner
 *       left;
 *   <li>{@link io.culvert.host.LinkSetup#before} raises the kill switch and runs PreUp;
 *   <li>somebody else makes the TUN device;
 *   <li>{@link io.culvert.host.LinkSetup#up} (and {@link io.culvert.host.Nat#up} in a gateway) sets
 *       the rest;
 *   <li>{@link io.culvert.host.Journal#undo} takes everything back, last step first.
 * </ol>
 *
 * <p>Floor 2: may import {@code ip}, {@code config}.
 */
@NullMarked
package io.culvert.host;

import org.jspecify.annotations.NullMarked;
