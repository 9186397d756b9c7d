#pragma once
#include "../simd/unrolled.h"
#include "strided.h"

/// Stores past the caches. Where no cache holds a result, each of its lines would be read before it
/// is overwritten; vectors that go straight to memory save a third of the traffic of a function.
/// What is stored is the same.

/// Where results go past the caches: formulas that compute faster than memory delivers. Others, as
/// those of 16-bit types are, would wait for such stores.
template <class F, class V, class T>
constexpr bool streams = V::size > 1 && sizeof(T) >= 4 && light<F>;

/// Elements of a lane that one instruction stores.
template <class V> constexpr int vector_size = V::size;
template <class L> constexpr int vector_size<side_by_side<L>> = vector_size<L>;

/// `Bytes` of them from an aligned buffer to an address that is a multiple of so many.
template <std::size_t Bytes> NONLIN_INLINE void stream_bytes(char* to, const char* from) {
#if defined(__x86_64__)
  if constexpr (Bytes == 64) {
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to), _mm512_load_si512(from));
  } else if constexpr (Bytes == 32) {
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to),
                        _mm256_load_si256(reinterpret_cast<const __m256i*>(from)));
  } else {
    static_assert(Bytes == 16);
    _mm_stream_si128(reinterpret_cast<__m128i*>(to),
                     _mm_load_si128(reinterpret_cast<const __m128i*>(from)));
  }
#endif
}

/// Whether lanes from p on may be stored past the caches: a multiple of a vector's bytes.
template <class V, class T> NONLIN_INLINE bool may_bypass_caches([[maybe_unused]] const T* p) {
#if defined(__x86_64__)
  return V::size > 1 && reinterpret_cast<std::uintptr_t>(p) % (vector_size<V> * sizeof(T)) == 0;
#else
  return false;
#endif
}

/// Lets store(T*) write a lane to p, past the caches; p may_bypass_caches.
template <class V, class T, class Store>
NONLIN_INLINE void put_past_caches(T* p, const Store& store) {
  constexpr std::size_t bytes = vector_size<V> * sizeof(T);
  if constexpr (V::size > 1) {
    alignas(bytes) T lane[V::size];  // registers, once the compiler is through
    store(lane);
    NONLIN_UNROLL
    for (std::size_t i = 0; i < V::size; i += vector_size<V>) {
      stream_bytes<bytes>(reinterpret_cast<char*>(p + i), reinterpret_cast<const char*>(lane + i));
    }
  }
}

/// Lets store(T*) write a lane to p, past the caches if `streams` and the address allow it.
template <class V, class T, class Store>
NONLIN_INLINE void put(T* p, bool streams, const Store& store) {
  if (streams && may_bypass_caches<V>(p)) [[likely]] {
    put_past_caches<V>(p, store);
  } else {
    store(p);
  }
}

/// Makes what was streamed visible before what is stored from now on.
NONLIN_INLINE void finish([[maybe_unused]] bool streams) {
#if defined(__x86_64__)
  if (streams) _mm_sfence();
#endif
}
