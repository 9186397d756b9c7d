#include "runtime.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "fat_binary.h"
#include "launch.h"

namespace emulator {

int (*launch_instead)(program&, std::uint32_t, std::uint32_t, void**) = nullptr;

namespace {

/// The kernels of a unit, found in its PTX when one of them is needed.
struct module {
  const void* wrapper;
  std::string text;
  std::vector<std::unique_ptr<program>> kernels;

  void load() {
    if (!text.empty()) return;
    text = ptx_of(wrapper);
    std::string_view all = text;
    int line = 1;
    std::size_t counted = 0;
    for (std::size_t at = all.find(".entry "); at != all.npos; at = all.find(".entry ", at + 1)) {
      line += static_cast<int>(std::count(all.begin() + counted, all.begin() + at, '\n'));
      counted = at;
      auto p = std::make_unique<program>();
      p->name = all.substr(at + 7, all.find('(', at) - at - 7);
      p->text = all.substr(at, all.find("\n}", at) + 2 - at);
      p->first_line = line;
      kernels.push_back(std::move(p));
    }
  }
};

struct host_function {
  module* of;
  std::string name;
  program* kernel = nullptr;
};

struct registry {
  std::vector<std::unique_ptr<module>> modules;
  std::unordered_map<const void*, host_function> functions;
};
registry& registered() {  // units register themselves before main()
  static registry all;
  return all;
}

struct configuration {
  std::uint32_t blocks[3], threads[3];
  std::size_t shared;
  void* stream;
};
std::vector<configuration> pushed;

constexpr int success = 0, invalid_configuration = 9, invalid_device_function = 98,
              illegal_address = 700;
int last_error = success;
std::string last_fault;
std::vector<launched> launches;

int failed(int error, const std::string& what) {
  if (last_fault.empty()) last_fault = what;
  return last_error = error;
}

program* kernel_of(const void* host) {
  const auto found = registered().functions.find(host);
  if (found == registered().functions.end()) return nullptr;
  host_function& f = found->second;
  if (f.kernel == nullptr) {
    f.of->load();
    for (const auto& p : f.of->kernels) {
      if (p->name == f.name) f.kernel = p.get();
    }
  }
  return f.kernel;
}

int run(program* p, const configuration& c, void** arguments) {
  if (p == nullptr) return failed(invalid_device_function, "a kernel without PTX");
  const auto flat = [](const std::uint32_t(&n)[3]) { return n[1] == 1 && n[2] == 1; };
  if (!flat(c.blocks) || !flat(c.threads) || c.shared != 0 || c.blocks[0] > 0x7fffffff) {
    return failed(invalid_configuration, "a launch that is not flat, or has dynamic shared memory");
  }
  launches.push_back({p, c.blocks[0], c.threads[0]});
  try {
    if (launch_instead != nullptr) return launch_instead(*p, c.blocks[0], c.threads[0], arguments);
    launch(*p, c.blocks[0], c.threads[0], arguments);
    return success;
  } catch (const std::exception& e) {
    return failed(illegal_address, plain_name(p->name) + ": " + e.what());
  }
}

}  // namespace

std::vector<launched> take_launches() { return std::exchange(launches, {}); }
std::string take_fault() {
  last_error = success;
  return std::exchange(last_fault, {});
}

std::vector<program*> all_kernels() {
  std::vector<program*> all;
  for (const auto& m : registered().modules) {
    m->load();
    for (const auto& p : m->kernels) all.push_back(p.get());
  }
  return all;
}

std::string plain_name(std::string_view mangled) {
  int status = 0;
  char* plain = abi::__cxa_demangle(std::string(mangled).c_str(), nullptr, nullptr, &status);
  std::string s = plain ? plain : std::string(mangled);
  std::free(plain);
  for (const std::string drop : {"nonlin::cuda::(anonymous namespace)::", "nonlin::cuda::",
                                 "(anonymous namespace)::", "nonlin::", "void "}) {
    for (auto at = s.find(drop); at != s.npos; at = s.find(drop)) s.erase(at, drop.size());
  }
  int depth = 0;  // of template arguments: parameters begin outside of them
  for (std::size_t i = 0; i < s.size(); ++i) {
    depth += (s[i] == '<') - (s[i] == '>');
    if (s[i] == '(' && depth == 0 && i > 0) return s.substr(0, i);
  }
  return s;
}

}  // namespace emulator

// ---------------------------------------------------------------- what objects of nvcc call

using namespace emulator;

struct dim3 {
  std::uint32_t x, y, z;
};

extern "C" {

void** __cudaRegisterFatBinary(void* wrapper) {
  auto& modules = registered().modules;
  modules.push_back(std::make_unique<module>(module{wrapper, {}, {}}));
  return reinterpret_cast<void**>(modules.back().get());
}
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}

void __cudaRegisterFunction(void** handle, const char* host, char*, const char* name, int, void*,
                            void*, void*, void*, int*) {
  registered().functions[host] = {reinterpret_cast<module*>(handle), name};
}

unsigned __cudaPushCallConfiguration(dim3 blocks, dim3 threads, std::size_t shared, void* stream) {
  pushed.push_back(
      {{blocks.x, blocks.y, blocks.z}, {threads.x, threads.y, threads.z}, shared, stream});
  return 0;
}
int __cudaPopCallConfiguration(dim3* blocks, dim3* threads, std::size_t* shared, void** stream) {
  if (pushed.empty()) return invalid_configuration;
  const configuration c = pushed.back();
  pushed.pop_back();
  *blocks = {c.blocks[0], c.blocks[1], c.blocks[2]};
  *threads = {c.threads[0], c.threads[1], c.threads[2]};
  *shared = c.shared;
  *stream = c.stream;
  return success;
}

/// A kernel's handle is its program here.
int __cudaGetKernel(void** kernel, const void* host) {
  try {
    *kernel = kernel_of(host);
  } catch (const std::exception& e) {
    return failed(invalid_device_function, e.what());
  }
  return *kernel ? success : failed(invalid_device_function, "a kernel without PTX");
}
int __cudaLaunchKernel(void* kernel, dim3 blocks, dim3 threads, void** arguments,
                       std::size_t shared, void* stream) {
  return run(static_cast<program*>(kernel),
             {{blocks.x, blocks.y, blocks.z}, {threads.x, threads.y, threads.z}, shared, stream},
             arguments);
}
int cudaLaunchKernel(const void* host, dim3 blocks, dim3 threads, void** arguments,
                     std::size_t shared, void* stream) {
  void* kernel = nullptr;
  if (const int error = __cudaGetKernel(&kernel, host)) return error;
  return __cudaLaunchKernel(kernel, blocks, threads, arguments, shared, stream);
}
int cudaGetLastError() { return std::exchange(last_error, success); }

}  // extern "C"
