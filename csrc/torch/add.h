#pragma once
#include "autograd.h"
#include "catalogue.h"

namespace nonlin {

template <class Formula> struct Packed {};  // for nodes of "f_packed"

/// Adds an activation to the catalogue, with classes of nodes for which `Formula` is the type.
template <class Formula, class Entry> void add(Catalogue& list, Entry entry) {
  static const Nodes nodes = make_nodes<Formula>(entry.name, entry.last_derivative);
  entry.nodes = &nodes;
  list.add(entry);
  if constexpr (std::is_same_v<Entry, gated::Entry>) {
    add<Packed<Formula>>(list, gated::PackedEntry(entry));
  }
}

}  // namespace nonlin
