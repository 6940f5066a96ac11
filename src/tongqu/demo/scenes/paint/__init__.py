"""Turns a layout into pixels, layer by layer: land, flat things, heaps, shadows, what stands, what drifts."""
