#pragma once

/// A host's model of the unit that computes 2ˣ, 1/x, log₂ x and √x on a device, for lanes of so
/// many bits: it returns the float next to the result. Tests specialize it to err as the unit does.
template <int Bits> struct special_function_unit {
  static float exp2(float nearest) { return nearest; }
  static float reciprocal(float nearest) { return nearest; }
  static float log2(float nearest) { return nearest; }
  static float sqrt(float nearest) { return nearest; }
};
