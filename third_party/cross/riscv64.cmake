# cmake --toolchain third_party/cross/riscv64.cmake: 64-bit RISC-V.
set(CMAKE_SYSTEM_PROCESSOR riscv64)
set(GLS_ARCH riscv64)
set(GLS_TRIPLET riscv64-linux-gnu)
set(GLS_QEMU qemu-riscv64)
set(GLS_LOADER ld-linux-riscv64-lp64d.so.1)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
