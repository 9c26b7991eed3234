# cmake --toolchain third_party/cross/arm64.cmake: 64-bit ARM.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(GLS_ARCH arm64)
set(GLS_TRIPLET aarch64-linux-gnu)
set(GLS_QEMU qemu-aarch64)
set(GLS_LOADER ld-linux-aarch64.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
