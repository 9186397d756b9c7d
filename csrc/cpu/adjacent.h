#pragma once
#include "walk.h"

/// Groups whose entries lie side by side: permutations in registers take the place of strided loads
/// and stores.

/// What `lookup` takes as i: a float whose low bits are those of i.
constexpr float numbered(int i) { return 0x1p23f + static_cast<float>(i); }

/// For groups of K entries without gaps: the number of each group's first entry, and for every
/// entry its group and its place there.
template <int K, int Size> struct numbering {
  alignas(64) float first[Size], group[K * Size], place[K * Size];

  constexpr numbering() : first(), group(), place() {
    for (int i = 0; i < Size; ++i) first[i] = numbered(K * i);
    for (int i = 0; i < K * Size; ++i) {
      group[i] = numbered(i / K);
      place[i] = static_cast<float>(i % K);
    }
  }
};
template <int K, int Size> static constexpr numbering<K, Size> numbers;

template <class V, class T, std::size_t... I>
NONLIN_INLINE std::array<V, sizeof...(I)> load_vectors(const T* x, std::index_sequence<I...>) {
  return {V::load(x + I * V::size)...};
}

/// The elements with these numbers.
template <class V, std::size_t K, std::size_t... I>
NONLIN_INLINE V pick(const std::array<V, K>& x, V number, std::index_sequence<0, I...>) {
  V result = lookup(x[0], number);
  ((result = select(number <= V(numbered(I * V::size - 1)), result, lookup(x[I], number))), ...);
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
    return {pick(x, V::load(numbers<K, V::size>.first) + int(J), all)...};
  } else {
    constexpr auto half = std::make_index_sequence<K / 2>{};
    const auto even = split(evens(x, half), half), odd = split(odds(x, half), half);
    return {std::get<J / 2>(J % 2 ? odd : even)...};
  }
}
