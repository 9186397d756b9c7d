#pragma once
/// What the tests share that execute the threads of CUDA kernels on the host: memory, every byte of
/// which is compared, and numbers in every storage type. Included in the namespace of the lanes.

std::mt19937 generator{20240229};
int between(int low, int high) { return std::uniform_int_distribution{low, high}(generator); }

/// Calls one<Pass, T>() with every storage type.
template <class Pass, class Case> void for_types(const Case& one) {
  one.template operator()<Pass, double>();
  one.template operator()<Pass, float>();
  one.template operator()<Pass, half>();
  one.template operator()<Pass, bfloat16>();
}

template <class T> T encoded(int value) {
  if constexpr (std::is_same_v<T, half>) {
    return {std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))};
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return {static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(float(value)) >> 16)};
  } else {
    return static_cast<T>(value);
  }
}
template <class T> int decoded(T value) {
  if constexpr (std::is_same_v<T, half>) {
    return static_cast<int>(std::bit_cast<_Float16>(value.bits));
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    return static_cast<int>(std::bit_cast<float>(std::uint32_t{value.bits} << 16));
  } else {
    return static_cast<int>(value);
  }
}
template <class T> T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T> void save(char* to, T value) { std::memcpy(to, &value, sizeof(T)); }

/// Tensors of the sizes `size`, each amid bytes that nobody may touch.
struct arena {
  std::vector<std::vector<char>> memory;
  std::vector<std::int64_t> size;

  /// The first element of a tensor, at `address` modulo 16.
  char* place(const std::int64_t* stride, int element_bytes, int address) {
    std::int64_t extent = element_bytes;
    for (std::size_t d = 0; d < size.size(); ++d) extent += (size[d] - 1) * stride[d];
    return place(extent, address);
  }
  char* place(std::int64_t extent, int address) {
    auto& bytes = memory.emplace_back(std::max<std::int64_t>(extent, 0) + 96);
    std::generate(bytes.begin(), bytes.end(), [] { return static_cast<char>(between(0, 255)); });
    char* middle = bytes.data() + 32;
    const auto past = static_cast<int>(reinterpret_cast<std::uintptr_t>(middle) % vector_bytes);
    return middle + (address - past + vector_bytes) % vector_bytes;
  }

  /// Visits the elements by their coordinates.
  template <class Visit> void walk_elements(const Visit& visit) const {
    std::vector<std::int64_t> at(size.size());
    std::int64_t count = 1;
    for (const std::int64_t n : size) count *= n;
    for (; count > 0; --count) {
      visit(at);
      for (std::size_t d = 0; d < at.size() && ++at[d] == size[d]; ++d) at[d] = 0;
    }
  }

  /// Random strides: dimensions in any order in memory, with gaps, or all of it at one place now
  /// and then if it is only read.
  void scatter(std::int64_t* stride, int element_bytes, bool read) const {
    std::vector<int> order(size.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), generator);
    std::int64_t next = element_bytes * between(1, 2);
    for (const int d : order) {
      const bool expanded = read && between(0, 3) == 0;
      stride[d] = expanded ? 0 : next;
      if (!expanded) next = next * size[d] + between(0, 2) * element_bytes;
    }
  }

  /// Runs `change` and returns what memory is then, but leaves it as it was.
  template <class Change> std::vector<std::vector<char>> after(const Change& change) {
    const auto before = memory;
    change();
    auto result = memory;
    for (std::size_t i = 0; i < before.size(); ++i) {
      std::copy(before[i].begin(), before[i].end(), memory[i].begin());
    }
    return result;
  }
};

/// Calls step(i) for every i below `count`, out of order, as threads may come.
template <class Step> void in_any_order(std::int64_t count, const Step& step) {
  const std::int64_t first = between(0, 1 << 20);
  std::int64_t stride = between(1, 1 << 20);
  while (count > 0 && std::gcd(stride, count) > 1) ++stride;
  for (std::int64_t i = 0; i < count; ++i) step((first + i * stride) % count);
}
