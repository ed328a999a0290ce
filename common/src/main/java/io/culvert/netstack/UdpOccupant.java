package io.culvert.netstack;

/** Who has a place in UDP's table: a flow, or one that is not answered. */
sealed interface UdpOccupant extends Keyed permits UdpFlow, UdpRequest {}
