# cmake --toolchain third_party/cross/armhf.cmake: 32-bit ARM with an FPU (ARMv7).
set(CMAKE_SYSTEM_PROCESSOR arm)
set(GLS_ARCH armhf)
set(GLS_TRIPLET arm-linux-gnueabihf)
set(GLS_QEMU qemu-arm)
set(GLS_LOADER ld-linux-armhf.so.3)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
