package io.culvert.server.web;

import io.culvert.carrier.Carrier;
import io.culvert.carrier.CarrierListener;
import java.util.function.Predicate;

/**
 * A path where WebSockets open, and where it leads. Immutable.
 *
 * @param path of the URL
 * @param door who may open one
 * @param listener told of them, on the loop
 * @param isProven whether somebody known spoke through a carrier; asked on the loop
 */
public record Entrance(
        String path, DoorKeeper door, CarrierListener listener, Predicate<Carrier> isProven) {}
