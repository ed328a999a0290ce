/**
 * A tunnel that runs serves further processes of its user, as {@code ssh} does with its control
 * master: a second session with the same key would take the first one's answers.
 *
 * <ul>
 *   <li>{@link AttachDoor}: the Unix socket's side in the process that has the tunnel.
 *   <li>{@link AttachRequest}: one line, by which the other process says what it wants.
 *   <li>{@link AttachReplies}, {@link AttachFrames}: what it is told, so that an end in order and a
 *       cut are two things.
 *   <li>{@link Attached}: the other process's side, with blocking streams and no loop.
 * </ul>
 *
 * <p>The socket is its owner's alone, and both ends are of one version or refuse each other.
 */
@NullMarked
package io.culvert.client.proxy.attach;

import org.jspecify.annotations.NullMarked;
