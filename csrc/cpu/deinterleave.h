#pragma once
#include "group_rows.h"

/// Groups whose entries lie side by side: permutations in registers take the place of strided loads
/// and stores.

/// What `lookup` takes as i: a number whose low bits are those of i.
template <class V> constexpr typename V::element numbered(int i) {
  return (V::bits > 24 ? 0x1p52 : 0x1p23) + i;
}

/// For groups of K entries without gaps: the number of each group's first entry, and for every
/// entry its group and its place there.
template <int K, class V> struct numbering {
  alignas(64) typename V::element first[V::size], group[K * V::size], place[K * V::size];

  constexpr numbering() : first(), group(), place() {
    for (int i = 0; i < V::size; ++i) first[i] = numbered<V>(K * i);
    for (int i = 0; i < K * V::size; ++i) {
      group[i] = numbered<V>(i / K);
      place[i] = static_cast<typename V::element>(i % K);
    }
  }
};
template <int K, class V> static constexpr numbering<K, V> numbers;

template <class V, class T, std::size_t... I>
NONLIN_INLINE std::array<V, sizeof...(I)> load_vectors(const T* x, std::index_sequence<I...>) {
  return {V::load(x + I * V::size)...};
}

/// The elements with these numbers.
template <class V, std::size_t K, std::size_t... I>
NONLIN_INLINE V pick(const std::array<V, K>& x, V number, std::index_sequence<0, I...>) {
  V result = lookup(x[0], number);
  ((result = select(number <= V(numbered<V>(I * V::size - 1)), result, lookup(x[I], number))), ...);
  return result;
}

template <class V, std::size_t K, std::size_t... I>
NONLIN_INLINE std::array<V, K / 2> evens(const std::array<V, K>& x, std::index_sequence<I...>) {
  return {even(x[2 * I], x[2 * I + 1])...};
}
template <class V, std::size_t K, std::size_t... I>
NONLIN_INLINE std::array<V, K / 2> odds(const std::array<V, K>& x, std::index_sequence<I...>) {
  return {odd(x[2 * I], x[2 * I + 1])...};
}
/// The first entries of groups of K, the second ones, and so on. Halving K as often as it is even
/// takes K log K steps instead of K².
template <class V, std::size_t K, std::size_t... J>
NONLIN_INLINE std::array<V, K> split(const std::array<V, K>& x, std::index_sequence<J...> all) {
  if constexpr (K == 1) {
    return x;
  } else if constexpr (K % 2) {
    return {pick(x, V::load(numbers<K, V>.first) + int(J), all)...};
  } else {
    constexpr auto half = std::make_index_sequence<K / 2>{};
    const auto even = split(evens(x, half), half), odd = split(odds(x, half), half);
    return {std::get<J / 2>(J % 2 ? odd : even)...};
  }
}
