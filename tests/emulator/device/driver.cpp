// Stands for libcuda.so.1, of which PyTorch wants these functions to be there. None is ever needed.

#define NOTHING(name) \
  int name() { return 0; }

extern "C" {

int cuDriverGetVersion(int* version) { return *version = 13000, 0; }
int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* active) {
  return *flags = 0, *active = 1, 0;
}
int cuGetErrorString(int, const char** text) { return *text = "an error", 0; }
NOTHING(cuInit)
int cuGetProcAddress(const char*, void** function, int, unsigned long long) {
  return *function = reinterpret_cast<void*>(cuInit), 0;
}
int cuGetProcAddress_v2(const char* name, void** function, int version, unsigned long long flags,
                        void*) {
  return cuGetProcAddress(name, function, version, flags);
}
NOTHING(cuCtxFromGreenCtx)
NOTHING(cuCtxGetCurrent)
NOTHING(cuCtxPopCurrent)
NOTHING(cuCtxPushCurrent)
NOTHING(cuCtxSetCurrent)
NOTHING(cuDevResourceGenerateDesc)
NOTHING(cuDevSmResourceSplitByCount)
NOTHING(cuDeviceGet)
NOTHING(cuDeviceGetAttribute)
NOTHING(cuDeviceGetCount)
NOTHING(cuDeviceGetDevResource)
NOTHING(cuDeviceGetUuid)
NOTHING(cuDevicePrimaryCtxRetain)
NOTHING(cuFileBufDeregister)
NOTHING(cuFileBufRegister)
NOTHING(cuFileHandleDeregister)
NOTHING(cuFileHandleRegister)
NOTHING(cuFileRead)
NOTHING(cuFileWrite)
NOTHING(cuFuncSetCacheConfig)
NOTHING(cuGetErrorName)
NOTHING(cuGreenCtxCreate)
NOTHING(cuGreenCtxDestroy)
NOTHING(cuGreenCtxStreamCreate)
NOTHING(cuLaunchCooperativeKernel)
NOTHING(cuLinkAddData_v2)
NOTHING(cuLogsRegisterCallback)
NOTHING(cuLogsUnregisterCallback)
NOTHING(cuMemAddressFree)
NOTHING(cuMemAddressReserve)
NOTHING(cuMemCreate)
NOTHING(cuMemExportToShareableHandle)
NOTHING(cuMemGetAddressRange)
NOTHING(cuMemGetAddressRange_v2)
NOTHING(cuMemGetAllocationGranularity)
NOTHING(cuMemGetAllocationPropertiesFromHandle)
NOTHING(cuMemImportFromShareableHandle)
NOTHING(cuMemMap)
NOTHING(cuMemRelease)
NOTHING(cuMemRetainAllocationHandle)
NOTHING(cuMemSetAccess)
NOTHING(cuMemUnmap)
NOTHING(cuMemsetD32Async)
NOTHING(cuMulticastAddDevice)
NOTHING(cuMulticastBindMem)
NOTHING(cuMulticastCreate)
NOTHING(cuMulticastUnbind)
NOTHING(cuOccupancyMaxActiveBlocksPerMultiprocessor)
NOTHING(cuStreamGetCtx)
NOTHING(cuStreamWriteValue32)
NOTHING(cuTensorMapEncodeTiled)

}  // extern "C"
